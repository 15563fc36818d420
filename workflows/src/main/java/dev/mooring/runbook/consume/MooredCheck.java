package dev.mooring.runbook.consume;

import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the instances differ from the state to which their site last advanced. For one parked by
 * shutdown, an unchanged control file proves that nothing ran since. For one parked readable, the
 * control file may change while it is paused, so the server itself reports whether it is still
 * paused at the point. The settings decide what a start by hand would do.
 */
public final class MooredCheck {
  private MooredCheck() {}

  /**
   * The same for one instance, outside a run.
   *
   * @param position its server's answer, if it answers
   */
  public static List<String> drift(
      SiteState state, Instance instance, InstanceObserved observed, Optional<Position> position) {
    Seen seen = new Seen(instance, observed, Optional.empty(), position, Optional.empty());
    return proved(state, instance)
        .map(one -> drift(state.restorePoint(), one, seen))
        .orElseGet(() -> List.of(instance.id() + " was not part of it"));
  }

  /**
   * One sentence for each difference; none if every instance is still parked there.
   *
   * @param wanted the park mode of the site in the cluster file
   */
  static List<String> drift(SiteState state, List<Seen> instances, ParkMode wanted) {
    List<String> drift = new ArrayList<>();
    for (Seen seen : instances) {
      drift.addAll(drift(state, seen.instance(), seen.observed(), seen.position()));
      proved(state, seen.instance())
          .filter(one -> one.parkMode() != wanted)
          .ifPresent(
              one ->
                  drift.add(
                      String.format(
                          "%s was parked %s, the cluster file wants it %s",
                          one.instance(), inWords(one.parkMode()), inWords(wanted))));
    }
    return drift;
  }

  /**
   * Whether a site without drift is at the point that another tool's manifest names: the same name,
   * and for every content the same position and timeline. They belong to the one record that was
   * found when the instances were parked; nothing in the WAL can have changed what was replayed. A
   * state of an older version has no positions, and never matches.
   */
  static boolean isAt(SiteState state, ForeignManifest reported) {
    List<ContentId> parked =
        state.instances().stream().map(ParkedInstance::content).sorted().toList();
    return state.restorePoint().equals(reported.restorePoint())
        && parked.equals(reported.contentIds())
        && state.instances().stream()
            .allMatch(p -> isAt(p, reported.segmentOf(p.content()).orElseThrow()));
  }

  private static boolean isAt(ParkedInstance parked, ForeignManifest.Segment reported) {
    boolean sameTimeline =
        reported.walFile().isEmpty()
            || new WalFileName(reported.walFile()).timeline().equals(parked.timeline());
    return parked.point().equals(reported.lsn().toString()) && sameTimeline;
  }

  /** The headline for a site without drift. */
  static String already(Site site, SiteState state) {
    return String.format(
        "%s is moored at %s already: %s since it was proved",
        site.name(),
        state.restorePoint(),
        site.parkMode() == ParkMode.READABLE
            ? "every instance is in recovery and paused there"
            : "every control file is unchanged");
  }

  private static String inWords(ParkMode mode) {
    return mode == ParkMode.READABLE ? "readable" : "shut down";
  }

  /** Whether an instance was parked readable when its site was last proved. */
  static boolean wasPaused(Optional<SiteState> state, Instance instance) {
    return state
        .flatMap(known -> proved(known, instance))
        .filter(one -> one.parkMode() == ParkMode.READABLE)
        .isPresent();
  }

  private static Optional<ParkedInstance> proved(SiteState state, Instance instance) {
    return state.instances().stream().filter(p -> p.instance().equals(instance.id())).findFirst();
  }

  private static List<String> drift(RestorePointName point, ParkedInstance proved, Seen seen) {
    List<String> drift = new ArrayList<>();
    InstanceId id = proved.instance();
    if (proved.parkMode() == ParkMode.READABLE) {
      pausedDrift(proved, seen).ifPresent(drift::add);
    } else {
      if (seen.observed().process() != ServerProcess.STOPPED) {
        drift.add(id + " runs, and was parked");
      }
      if (!proved.controlFile().digest().equals(seen.observed().controlDigest())) {
        drift.add(id + " was started or changed since it was proved");
      }
    }
    settingsDrift(point, proved, seen).ifPresent(drift::add);
    return drift;
  }

  private static Optional<String> pausedDrift(ParkedInstance proved, Seen seen) {
    InstanceObserved observed = seen.observed();
    InstanceId id = proved.instance();
    String ended = observed.recovery().endedByGate();
    if (seen.position().isPresent()) {
      return pausedDrift(proved, seen.position().get())
          .or(
              () ->
                  Optional.of(ended)
                      .filter(when -> !when.isEmpty())
                      .map(when -> endedByGate(id, when) + "; it was started by hand since"));
    }
    if (observed.process() == ServerProcess.RUNNING) {
      return Optional.of(
          id + " was parked readable and does not answer: whether it is paused is" + " not known");
    }
    return Optional.of(
        ended.isEmpty()
            ? id + " is down, and was parked readable"
            : endedByGate(id, ended) + "; it is down, and no longer moored");
  }

  /** The gate's note stays until the next start by a run, so a consume reports it once. */
  private static String endedByGate(InstanceId id, String when) {
    return String.format(
        "replay of %s was resumed by hand, or it was promoted: its restore gate ended it at %s"
            + " before it opened",
        id, when);
  }

  /** The difference between the server's position and its proof as paused. */
  public static Optional<String> pausedDrift(ParkedInstance proved, Position position) {
    if (!position.inRecovery()) {
      return Optional.of(
          String.format(
              "replay of %s was resumed by hand: promoted, it accepts writes on timeline %s and is"
                  + " no longer moored",
              proved.instance(), position.timeline()));
    }
    if (position.timeline().compareTo(proved.timeline()) > 0) {
      return Optional.of(
          String.format(
              "%s is on timeline %s, and was parked readable on %s",
              proved.instance(), position.timeline(), proved.timeline()));
    }
    if (!position.lsn().toString().equals(proved.point())) {
      return Optional.of(
          String.format(
              "%s has replayed to %s, and was parked readable at %s",
              proved.instance(), position.lsn(), proved.point()));
    }
    return position.isPaused()
        ? Optional.empty()
        : Optional.of(
            String.format(
                "replay of %s is '%s', and was paused when it was proved",
                proved.instance(), position.replayPause()));
  }

  private static Optional<String> settingsDrift(
      RestorePointName point, ParkedInstance proved, Seen seen) {
    TargetSettings settings = seen.observed().recovery().settings();
    List<String> wrong = new ArrayList<>();
    if (!settings.name().equals(point.value())) {
      wrong.add("recovery_target_name is '" + settings.name() + "', was " + point);
    }
    if (!settings.action().equals(proved.parkMode().action())) {
      wrong.add(
          "recovery_target_action is " + settings.action() + ", was " + proved.parkMode().action());
    }
    if (!settings.others().isEmpty()) {
      wrong.add("other targets are set: " + settings.others());
    }
    if (!settings.timeline().equals(proved.timeline().toString())) {
      wrong.add(
          "recovery_target_timeline is '" + settings.timeline() + "', was " + proved.timeline());
    }
    if (!settings.throughGate()) {
      wrong.add("restore_command is not the restore gate");
    } else if (proved.parkMode() == ParkMode.READABLE && !settings.endsRefused()) {
      wrong.add("restore_command does not keep it from opening");
    }
    if (!TargetSettings.ARCHIVES_NOTHING.equals(settings.archiveMode())) {
      wrong.add("archive_mode is '" + settings.archiveMode() + "', must be off");
    }
    if (!seen.observed().recovery().standbySignal()) {
      wrong.add("standby.signal is gone");
    }
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(seen.instance().id() + ": " + String.join(", ", wrong));
  }
}
