package dev.mooring.starter.status;

import static java.util.stream.Collectors.joining;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.watch.Diagnosis;
import dev.mooring.runbook.watch.SiteState;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The state of a cluster's watch, for people. */
public final class MonitorLines {
  private MonitorLines() {}

  /** A pause first, then the watching workers, then the faults. */
  public static List<String> of(ClusterName cluster, Optional<WatchState> watch, Instant now) {
    if (watch.isEmpty()) {
      return List.of(
          "no watch runs for " + cluster,
          "HINT: "
              + Commands.monitorOn(cluster)
              + " begins one if the cluster streams and Patroni does not run its members.");
    }
    WatchState state = watch.get();
    List<String> lines = new ArrayList<>();
    for (Pause pause : state.pauses()) {
      lines.add("automation is " + pause.inWords());
    }
    lines.add(
        watched(cluster, state, "for " + DurationText.of(Duration.between(state.since(), now))));
    for (SiteState site : state.sites()) {
      incomplete(site).ifPresent(what -> lines.add(site.site() + ": " + what));
    }
    if (state.diagnoses().isEmpty() && state.isAllSeen()) {
      lines.add("no diagnosis is open");
    }
    for (Diagnosis one : state.diagnoses()) {
      lines.add(
          String.format(
              "%s %s for %s: %s",
              one.kind().verdict().level(),
              one.kind().id(),
              DurationText.of(Duration.between(one.since(), now)),
              one.text()));
      lines.add("  fix: " + one.remedy() + " (docs/" + one.kind().page() + ")");
    }
    state.incidents().stream()
        .filter(one -> one.started() && !one.over())
        .forEach(one -> lines.add(started(cluster, one)));
    return lines;
  }

  private static String started(ClusterName cluster, Incident one) {
    return String.format(
        "%s was started: %s shows it",
        switch (one.reaction()) {
          case RESILVER -> "a resilver";
          case RELAX, RESTORE -> "a run that sets synchronous_standby_names";
          case FAILOVER -> "a failover";
          case AWAIT_FAILURE -> "a failover that waits until the primary is gone";
        },
        Commands.follow(RunIds.reaction(cluster, one)));
  }

  /** That it is watched, or why not. */
  public static String watched(ClusterName cluster, WatchState state, String since) {
    return state.unwatched().isEmpty() ? cluster + " is watched " + since : state.unwatched();
  }

  private static Optional<String> incomplete(SiteState site) {
    return switch (site.seen()) {
      case NOT_YET -> Optional.of("the first observations are under way");
      case LOST -> Optional.of("not watched");
      case WATCHED ->
          site.unknown().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  String.format(
                      "whether %s accepts writes is not known",
                      site.unknown().stream().map(InstanceId::value).collect(joining(", "))));
    };
  }

  /** The exit code of the worst diagnosis; a warning without a watch or a full reading. */
  public static ExitCode exitCode(Optional<WatchState> watch) {
    return watch
        .filter(state -> state.worst() != Judged.GOOD || state.isAllSeen())
        .map(state -> ExitCode.of(state.worst()))
        .orElse(ExitCode.STATUS_WARNING);
  }
}
