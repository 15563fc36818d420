package dev.mooring.runbook.failover;

import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.postgres.InstanceState;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.UnattendedFailover;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Conditions for a failover without an approval: a fence that gives evidence, and a cluster whose
 * writer did not change recently. If one does not hold, a person must approve.
 */
final class UnattendedChecks {
  private UnattendedChecks() {}

  /** The conditions as rows that block nothing; one that fails requires an approval. */
  static List<CheckRow> of(
      UnattendedFailover limits,
      ObservedFailover observed,
      Move move,
      List<CheckRow> checks,
      Observed<Monitoring> monitoring) {
    return List.of(
        paused(monitoring, move),
        rules(checks),
        fence(observed, move),
        rehearsed(limits, observed, move),
        fromWithin(observed),
        ended(observed),
        quiet(limits, observed),
        new LossUnattended(observed, move).row(),
        timeline(observed),
        unseen(observed, move));
  }

  /** Whether all of them hold. */
  static boolean nobodyIsAsked(List<CheckRow> rows) {
    return rows.stream().allMatch(row -> row.verdict() == Judged.GOOD);
  }

  /** Only a person overrides a rule. */
  private static CheckRow rules(List<CheckRow> checks) {
    List<String> broken = CheckRows.overridden(checks);
    return CheckRow.wanted(
        broken.isEmpty(),
        "automatic-overrides",
        "",
        broken.isEmpty() ? "none" : String.join(", ", broken),
        "none",
        "a person approves it, with a reason");
  }

  /** If the pause can't be read, monitoring counts as paused. */
  private static CheckRow paused(Observed<Monitoring> monitoring, Move move) {
    return CheckRow.wanted(
        !MonitoringLook.isPaused(monitoring),
        "automatic-pause",
        "",
        MonitoringLook.inWords(monitoring),
        "not paused",
        "a person approves it, or ends the pause: " + Commands.monitorOn(move.cluster().name()));
  }

  private static FenceMeans means(ObservedFailover observed, Move move) {
    return FenceMeans.of(observed, FenceMeans.power(move), "");
  }

  private static CheckRow fence(ObservedFailover observed, Move move) {
    FenceMeans means = means(observed, move);
    return CheckRow.wanted(
        means == FenceMeans.ON_ITS_HOST || means == FenceMeans.COMMAND,
        "automatic-fence",
        observed.old().id(),
        means == FenceMeans.ON_ITS_HOST
            ? "on its host"
            : means == FenceMeans.COMMAND ? "a command with a check" : "none",
        "a fence that gives evidence",
        "a person approves it");
  }

  /** The proofs that the fence to be used needs: an unproved fence does not count. */
  private static List<Proof> needed(FenceMeans means) {
    return switch (means) {
      case ON_ITS_HOST -> Proof.OF_A_FENCE_ON_ITS_HOST;
      case COMMAND -> Proof.OF_A_FENCE_COMMAND;
      case ATTESTED, NONE -> List.of();
    };
  }

  private static CheckRow rehearsed(
      UnattendedFailover limits, ObservedFailover observed, Move move) {
    BeforeSilence before = observed.before();
    List<Proof> needed = needed(means(observed, move));
    String ago = before.rehearsedAgo().map(DurationText::of).orElse("");
    return CheckRow.wanted(
        before.isShown(limits, needed),
        "automatic-rehearsal",
        observed.old().id(),
        before
            .rehearsal()
            .map(last -> words(last, ago, last.lacking(needed)))
            .orElse("none that was read while its host answered"),
        String.format(
            "a rehearsal that passed within %s, with %s",
            DurationText.of(limits.rehearsedWithin()), Proof.inWords(needed)),
        "a person approves it; "
            + Commands.rehearse(move.cluster().name())
            + " before the next one");
  }

  private static String words(LastRehearsal last, String ago, List<Proof> lacking) {
    return (last.passed() ? "passed " : "failed ")
        + ago
        + " ago"
        + (lacking.isEmpty() ? "" : ", without " + Proof.inWords(lacking));
  }

  /** Witnesses outside a site that is cut off hear nothing of its primary, which still works. */
  private static CheckRow fromWithin(ObservedFailover observed) {
    WitnessMachines machines = observed.heard().lookedOften();
    List<String> sites =
        machines.sitesBeside(observed.old()).stream().map(SiteName::value).toList();
    return CheckRow.wanted(
        observed.answered() || machines.lookedFromItsSiteOrTwoOthers(observed.old()),
        "automatic-witness-sites",
        observed.old().id(),
        sites.isEmpty() ? "none" : String.join(", ", sites),
        observed.old().site() + " or two others, because its host is silent",
        "let a person approve it who knows that " + observed.old().site() + " is not only cut off");
  }

  /** A person shut down a server that is shut down cleanly, and may mean to start it. */
  private static CheckRow ended(ObservedFailover observed) {
    Optional<InstanceState> state =
        observed.all().role(observed.old()).map(role -> role.control().state());
    return CheckRow.wanted(
        state.filter(InstanceState.SHUT_DOWN::equals).isEmpty(),
        "automatic-shutdown",
        observed.old().id(),
        state.map(InstanceState::toString).orElse("not read on its host"),
        "not shut down in order",
        "a person approves it, or starts it again with `mooring start-primary`");
  }

  private static CheckRow timeline(ObservedFailover observed) {
    return CheckRow.wanted(
        observed.isTimelineKnown(),
        "automatic-timeline",
        "",
        observed.timelines() + " by the standbys",
        "one by all of them, or read on the host of " + observed.old().id(),
        "let a person approve it who knows which of them followed the primary last");
  }

  /** A silent member may have been promoted by hand while it was cut off from all others. */
  private static CheckRow unseen(ObservedFailover observed, Move move) {
    List<String> silent =
        move.siblings().stream()
            .filter(
                member -> !member.site().equals(observed.old().site()) && observed.isSilent(member))
            .map(member -> member.id().value())
            .toList();
    return CheckRow.wanted(
        silent.isEmpty(),
        "automatic-silent-members",
        "",
        silent.isEmpty() ? "none" : String.join(", ", silent),
        "none at another site with its host: one may have been promoted by hand",
        "let a person approve it who knows that none was");
  }

  /** An epoch is never less than the time, in milliseconds, at which it was taken. */
  private static CheckRow quiet(UnattendedFailover limits, ObservedFailover observed) {
    long changed =
        observed.all().hosts().roles().stream()
            .mapToLong(role -> role.authority().epoch())
            .reduce(observed.all().hosts().highest().value(), Math::max);
    Duration since = Duration.between(Instant.ofEpochMilli(changed), RunbookRun.now());
    return CheckRow.wanted(
        since.compareTo(limits.quiet()) >= 0,
        "automatic-quiet",
        "",
        "the right to write changed " + DurationText.of(since) + " ago",
        "unchanged for " + DurationText.of(limits.quiet()),
        "let a person approve it who knows what the last change was about");
  }
}
