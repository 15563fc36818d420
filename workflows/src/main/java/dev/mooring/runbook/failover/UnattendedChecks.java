package dev.mooring.runbook.failover;

import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.postgres.InstanceState;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.Sight;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.switchover.Move;
import dev.mooring.runbook.switchover.PreflightRow;
import dev.mooring.runbook.switchover.PreflightRow.Judged;
import dev.mooring.runbook.switchover.PreflightVerdict;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.UnattendedFailover;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What must hold beside all else before nobody is asked: a fence that gives evidence, and a cluster
 * in which who may write did not change a moment ago. Where one does not hold a person approves.
 */
final class UnattendedChecks {
  private UnattendedChecks() {}

  /** Each as a row that stands against nothing, and asks for a person. */
  static List<PreflightRow> of(
      UnattendedFailover limits,
      FailoverSight sight,
      Move move,
      List<PreflightRow> checks,
      Sight<Monitoring> monitoring) {
    return List.of(
        paused(monitoring, move),
        rules(checks),
        fence(sight, move),
        rehearsed(limits, sight, move),
        fromWithin(sight),
        ended(sight, move),
        quiet(limits, sight, move),
        new LossUnattended(sight, move).row(),
        timeline(sight),
        unseen(sight, move));
  }

  /** Whether all of them hold. */
  static boolean nobodyIsAsked(List<PreflightRow> rows) {
    return rows.stream().allMatch(row -> row.judged() == Judged.GOOD);
  }

  /** Only a person overrides a rule. */
  private static PreflightRow rules(List<PreflightRow> checks) {
    List<String> broken = PreflightVerdict.broken(checks);
    return PreflightRow.wanted(
        broken.isEmpty(),
        "without a person: rules that the plan overrides",
        broken.isEmpty() ? "none" : String.join(", ", broken),
        "none",
        "a person approves it, with a reason");
  }

  /** What can't be read counts as a pause. */
  private static PreflightRow paused(Sight<Monitoring> monitoring, Move move) {
    return PreflightRow.wanted(
        !MonitoringLook.isPaused(monitoring),
        "without a person: automation of " + move.cluster().name(),
        MonitoringLook.inWords(monitoring),
        "not paused",
        "a person approves it, or ends the pause: " + Commands.monitorOn(move.cluster().name()));
  }

  private static FenceMeans means(FailoverSight sight, Move move) {
    return FenceMeans.of(sight, move.policy().failover().fenceOf(sight.old().host()), "");
  }

  private static PreflightRow fence(FailoverSight sight, Move move) {
    FenceMeans means = means(sight, move);
    return PreflightRow.wanted(
        means == FenceMeans.ON_ITS_HOST || means == FenceMeans.COMMAND,
        "without a person: the fence",
        means == FenceMeans.ON_ITS_HOST
            ? "on its host"
            : means == FenceMeans.COMMAND ? "a command with a check" : "none",
        "one that gives evidence",
        "a person approves it");
  }

  /** What the fence that will be used rests on: one that was not shown is not gone by. */
  private static List<Proof> needed(FenceMeans means) {
    return switch (means) {
      case ON_ITS_HOST -> Proof.OF_A_FENCE_ON_ITS_HOST;
      case COMMAND -> Proof.OF_A_FENCE_COMMAND;
      case ATTESTED, NONE -> List.of();
    };
  }

  private static PreflightRow rehearsed(UnattendedFailover limits, FailoverSight sight, Move move) {
    BeforeSilence before = sight.before();
    List<Proof> needed = needed(means(sight, move));
    String ago = before.rehearsedAgo().map(Span::of).orElse("");
    return PreflightRow.wanted(
        before.isShown(limits, needed),
        "without a person: the rehearsal of " + move.from().id() + "'s fence",
        before
            .rehearsal()
            .map(last -> words(last, ago, last.lacking(needed)))
            .orElse("none that was read while its host answered"),
        String.format(
            "one that passed within %s, with %s",
            Span.of(limits.rehearsedWithin()), Proof.inWords(needed)),
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

  /** All others hear nothing of a site that is cut off, and whose primary accepts writes. */
  private static PreflightRow fromWithin(FailoverSight sight) {
    WitnessMachines machines = sight.heard().lookedOften();
    List<String> sites = machines.sitesBeside(sight.old()).stream().map(SiteName::value).toList();
    return PreflightRow.wanted(
        sight.answered() || machines.lookedFromItsSiteOrTwoOthers(sight.old()),
        "without a person: sites of the machines that looked at " + sight.old().id(),
        sites.isEmpty() ? "none" : String.join(", ", sites),
        sight.old().site() + " or two others, because its host is silent",
        "a person approves it, who knows that " + sight.old().site() + " is not only cut off");
  }

  /** A server that was shut down in order was shut down by somebody, who may mean to start it. */
  private static PreflightRow ended(FailoverSight sight, Move move) {
    Optional<InstanceState> state =
        sight.all().role(sight.old()).map(role -> role.control().state());
    return PreflightRow.wanted(
        state.filter(InstanceState.SHUT_DOWN::equals).isEmpty(),
        "without a person: how " + move.from().id() + " ended",
        state.map(InstanceState::toString).orElse("its host does not tell"),
        "not shut down in order",
        "a person approves it, or starts it again with `mooring start-primary`");
  }

  private static PreflightRow timeline(FailoverSight sight) {
    return PreflightRow.wanted(
        sight.isTimelineTold(),
        "without a person: the timeline that was written last",
        sight.timelines() + " by the standbys",
        "one by all of them, or told by the host of " + sight.old().id(),
        "a person approves it, who knows which of them followed the primary last");
  }

  /** Whoever promoted it by hand may have been cut off from all others. */
  private static PreflightRow unseen(FailoverSight sight, Move move) {
    List<String> silent =
        move.siblings().stream()
            .filter(member -> !member.site().equals(sight.old().site()) && sight.isSilent(member))
            .map(member -> member.id().value())
            .toList();
    return PreflightRow.wanted(
        silent.isEmpty(),
        "without a person: members at other sites that are silent, with their hosts",
        silent.isEmpty() ? "none" : String.join(", ", silent),
        "none, for one may have been promoted by hand",
        "a person approves it, who knows that nobody did");
  }

  /** An epoch is never less than the time at which it was taken. */
  private static PreflightRow quiet(UnattendedFailover limits, FailoverSight sight, Move move) {
    long changed =
        sight.all().roles().stream()
            .mapToLong(role -> role.authority().epoch())
            .reduce(sight.all().highest().value(), Math::max);
    Duration since = Duration.between(Instant.ofEpochMilli(changed), RunbookRun.now());
    return PreflightRow.wanted(
        since.compareTo(limits.quiet()) >= 0,
        "without a person: who may write in " + move.cluster().name(),
        "changed " + Span.of(since) + " ago",
        "unchanged for " + Span.of(limits.quiet()),
        "a person approves it, who knows what the last change was about");
  }
}
