package dev.mooring.runbook.consume;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState.ControlFile;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ParkMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether an instance is parked readable at a restore point (law 2 for a running instance). The
 * conditions of {@link ParkedProof} on stop line, clock window, minimum recovery end, system,
 * timeline and archived bytes stay. Instead of the shutdown:
 *
 * <ol>
 *   <li>the log of this start says, after the stop line and with no FATAL between, that recovery
 *       pauses; a later FATAL is a client's, because one of recovery itself would have ended the
 *       server;
 *   <li>a server runs, its control file says "in archive recovery", its action is pause;
 *   <li>the server reports that it is in recovery, that replay is paused, and that the last
 *       replayed record ends exactly at the point.
 * </ol>
 *
 * <p>A pause that is requested and not yet confirmed is waited for: the startup process logs it
 * before it confirms. A missing answer over SQL is also waited for if nothing else fails: all
 * connections may be in use for a moment.
 */
final class PausedProof {
  private PausedProof() {}

  static Verdict<ParkedInstance> judge(
      Instance instance,
      RestorePointName point,
      ContentEvidence evidence,
      List<ArchivedWal> archived,
      InstanceParked seen,
      ServersObserved servers) {
    Optional<ServerObserved> server =
        servers.observed().stream().filter(s -> s.instance().equals(instance.id())).findFirst();
    List<String> elsewhere = new ArrayList<>();
    List<String> against = new ArrayList<>();
    judgeHost(evidence.target(), seen.instance(), elsewhere, against);
    judgeLog(point, evidence, seen.log(), against);
    ParkedProof.judgeArchive(archived, seen.archived(), against);
    server.ifPresent(answers -> judgeServer(evidence.target(), answers, elsewhere));
    FailureCode code = ParkedProof.code(seen, elsewhere);
    against.addAll(0, elsewhere);
    if (server.isEmpty() && against.isEmpty()) {
      return Verdict.notYet(notPaused(instance, point) + unanswered(instance, servers));
    }
    if (server.isEmpty()) {
      against.add(unanswered(instance, servers));
    }
    if (!against.isEmpty()) {
      return Verdict.never(
          code,
          code == FailureCode.START_FAILED
              ? ParkedProof.ended(instance, point, seen.log())
              : notPaused(instance, point) + String.join("; ", against));
    }
    Position position = server.orElseThrow().position();
    return position.isPaused()
        ? Verdict.proceed(parked(instance, evidence.target(), seen.instance(), position))
        : Verdict.notYet(instance.id() + " has its pause requested, not confirmed");
  }

  private static String notPaused(Instance instance, RestorePointName point) {
    return instance.id() + " is not paused at " + point + ": ";
  }

  private static String unanswered(Instance instance, ServersObserved servers) {
    return servers.failures().stream()
        .filter(failure -> failure.instance().equals(instance.id()))
        .map(failure -> "it does not answer over SQL: " + failure.message())
        .findFirst()
        .orElse("it does not answer over SQL");
  }

  private static ParkedInstance parked(
      Instance instance, ContentTarget target, InstanceObserved seen, Position position) {
    return new ParkedInstance(
        instance.id(),
        instance.content(),
        target.timeline(),
        new ControlFile(
            seen.control().recovery().minimumEnd().match(target::lsn, (lsn, timeline) -> lsn),
            seen.controlDigest()),
        seen.oldestNeeded().map(WalFileName::text).orElse(""),
        position.lsn().toString(),
        ParkMode.READABLE);
  }

  private static void judgeHost(
      ContentTarget target, InstanceObserved seen, List<String> elsewhere, List<String> against) {
    ControlData control = seen.control();
    if (!ParkedProof.judgeSystem(target, control.systemIdentifier(), elsewhere)) {
      return;
    }
    ParkedProof.judgePosition(target, control, elsewhere);
    if (seen.process() != ServerProcess.RUNNING) {
      against.add("no server runs");
    }
    ParkedProof.judgeState(InstanceState.IN_ARCHIVE_RECOVERY, control, against);
    String action = seen.recovery().settings().action();
    if (!action.equals(ParkMode.READABLE.action())) {
      against.add("recovery_target_action is '" + action + "', must be pause");
    }
    if (!seen.recovery().settings().endsRefused()) {
      against.add("its restore_command does not keep it from opening");
    }
  }

  private static void judgeLog(
      RestorePointName point, ContentEvidence evidence, StartLog log, List<String> against) {
    if (log.saysNothing()) {
      against.add(log.causeOfDeath());
      return;
    }
    log.stop()
        .match(
            () -> against.add("its log names no stop" + ParkedProof.lastFatal(log)),
            at -> ParkedProof.judgeStop(point, evidence, at, against),
            elsewhere -> against.add("its log says it stopped at " + elsewhere.reason()));
    if (!log.pausedAtTarget()) {
      against.add("its log does not say that it paused there" + ParkedProof.lastFatal(log));
    }
  }

  private static void judgeServer(
      ContentTarget target, ServerObserved server, List<String> against) {
    if (!ParkedProof.judgeSystem(target, server.identity().systemIdentifier(), against)) {
      return;
    }
    Position position = server.position();
    if (!position.inRecovery()) {
      against.add("it accepts writes, on timeline " + position.timeline());
      return;
    }
    if (position.timeline().compareTo(target.timeline()) > 0) {
      against.add(
          "it is on timeline " + position.timeline() + ", the point's is " + target.timeline());
    }
    if (!position.lsn().equals(target.lsn())) {
      against.add("it has replayed to " + position.lsn() + ", the point ends at " + target.lsn());
    }
    if (!position.isPaused() && !position.isPauseRequested()) {
      against.add("its replay is '" + position.replayPause() + "'");
    }
  }
}
