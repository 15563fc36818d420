package dev.mooring.runbook.consume;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState.ControlFile;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.MinimumRecoveryEnd.At;
import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.StopLine;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether an instance is parked at a restore point (law 2). No single fact proves it: PostgreSQL
 * logs the stop at the point before it may end with "requested recovery stop point is before
 * consistent recovery point", a standby stopped by hand has the same control file state, and an old
 * log holds earlier stops. All of these must hold:
 *
 * <ol>
 *   <li>the log of this start says it stopped at the point's name and then shut down, with no FATAL
 *       after it, and the time in that line lies in the clock window of the point's creation;
 *   <li>the control file says "shut down in recovery", and nothing runs;
 *   <li>its minimum recovery end is not beyond the point; it may lie before it, after a replayed
 *       checkpoint;
 *   <li>system and timeline are the manifest's;
 *   <li>the archived files from which it replayed the point still have the digests of the bytes
 *       that the publisher decoded; if policy let a point be READY undecoded there are none, which
 *       the run reports.
 * </ol>
 *
 * <p>If the log shows nothing of the recovery (it is empty, or the server logged elsewhere), where
 * the instance stopped is unknown: STATE_UNREADABLE, unless its system or its position alone shows
 * that it is elsewhere. An instance that a FATAL ended before it stopped anywhere is START_FAILED.
 * Any other that is known not to be parked is a TARGET_MISMATCH.
 */
final class ParkedProof {
  private ParkedProof() {}

  static Verdict<ParkedInstance> judge(
      Instance instance,
      RestorePointName point,
      ContentEvidence evidence,
      List<ArchivedWal> archived,
      InstanceParked seen) {
    List<String> elsewhere = new ArrayList<>();
    List<String> against = new ArrayList<>();
    judgeControl(evidence.target(), seen.instance(), elsewhere, against);
    judgeLog(point, evidence, seen.log(), against);
    judgeArchive(archived, seen.archived(), against);
    FailureCode code = code(seen, elsewhere);
    against.addAll(0, elsewhere);
    if (!against.isEmpty()) {
      String how =
          code == FailureCode.STATE_UNREADABLE
              ? " can't be proved parked at "
              : " is not parked at ";
      return Verdict.never(
          code,
          code == FailureCode.START_FAILED
              ? ended(instance, point, seen.log())
              : instance.id() + how + point + ": " + String.join("; ", against));
    }
    ControlData control = seen.instance().control();
    return Verdict.proceed(
        new ParkedInstance(
            instance.id(),
            instance.content(),
            evidence.target().timeline(),
            new ControlFile(
                control
                    .recovery()
                    .minimumEnd()
                    .match(() -> evidence.target().lsn(), (lsn, tli) -> lsn),
                seen.instance().controlDigest()),
            seen.instance().oldestNeeded().map(WalFileName::text).orElse(""),
            evidence.target().lsn().toString()));
  }

  /**
   * The code of an instance that is not proved.
   *
   * @param elsewhere how its system or its position shows that it is elsewhere
   */
  static FailureCode code(InstanceParked seen, List<String> elsewhere) {
    if (!elsewhere.isEmpty()) {
      return FailureCode.TARGET_MISMATCH;
    }
    if (seen.log().saysNothing()) {
      return FailureCode.STATE_UNREADABLE;
    }
    return seen.log().endedBeforeStop() && seen.instance().process() == ServerProcess.STOPPED
        ? FailureCode.START_FAILED
        : FailureCode.TARGET_MISMATCH;
  }

  /** What the server of one that did not get to a stop said at last. */
  static String ended(Instance instance, RestorePointName point, StartLog log) {
    return instance.id() + " ended before " + point + ": " + log.causeOfDeath();
  }

  private static void judgeControl(
      ContentTarget target, InstanceObserved seen, List<String> elsewhere, List<String> against) {
    ControlData control = seen.control();
    if (!judgeSystem(target, control.systemIdentifier(), elsewhere)) {
      return;
    }
    judgePosition(target, control, elsewhere);
    if (seen.process() != ServerProcess.STOPPED) {
      against.add("a server process still runs");
    }
    judgeState(InstanceState.SHUT_DOWN_IN_RECOVERY, control, against);
  }

  /** Whether the system identifier is the point's; positions of other systems are not compared. */
  static boolean judgeSystem(ContentTarget target, SystemIdentifier seen, List<String> against) {
    return seen.equals(target.systemIdentifier())
        || !against.add("system identifier is " + seen + ", must be " + target.systemIdentifier());
  }

  static void judgeState(InstanceState expected, ControlData control, List<String> against) {
    if (control.state() != expected) {
      against.add("control state is '" + control.state() + "', must be '" + expected + "'");
    }
  }

  static void judgePosition(ContentTarget target, ControlData control, List<String> against) {
    if (control.checkpoint().timeline().compareTo(target.timeline()) > 0) {
      against.add(
          "timeline is "
              + control.checkpoint().timeline()
              + ", the point's is "
              + target.timeline());
    }
    control
        .recovery()
        .minimumEnd()
        .match(
            () -> against.add("the control file knows no minimum recovery end"),
            (lsn, timeline) -> judgeEnd(target, new At(lsn, timeline), against));
  }

  private static boolean judgeEnd(ContentTarget target, At end, List<String> against) {
    boolean beyond =
        end.lsn().isAfter(target.lsn()) || end.timeline().compareTo(target.timeline()) > 0;
    return beyond
        && against.add(
            String.format(
                "minimum recovery end %s lies beyond the point's %s on timeline %s",
                end, target.lsn(), target.timeline()));
  }

  private static void judgeLog(
      RestorePointName point, ContentEvidence evidence, StartLog log, List<String> against) {
    if (log.saysNothing()) {
      against.add(log.causeOfDeath());
      return;
    }
    log.stop()
        .match(
            () -> against.add("its log names no stop" + lastFatal(log)),
            at -> judgeStop(point, evidence, at, against),
            elsewhere -> against.add("its log says it stopped at " + elsewhere.reason()));
    if (log.fatalAfterStop()) {
      against.add("its log has a FATAL after the stop" + lastFatal(log));
    } else if (!log.shutDownAtTarget()) {
      against.add("its log does not say that it shut down at the target" + lastFatal(log));
    }
  }

  static boolean judgeStop(
      RestorePointName point, ContentEvidence evidence, StopLine.At at, List<String> against) {
    if (!at.restorePoint().equals(point.value())) {
      return against.add("its log says it stopped at " + at.restorePoint());
    }
    if (!evidence.clock().holds(at.time())) {
      return against.add(
          String.format(
              "it stopped at a point made at %s, this one was made between %s and %s",
              at.time(), evidence.clock().before(), evidence.clock().after()));
    }
    return true;
  }

  static String lastFatal(StartLog log) {
    return log.fatals().isEmpty() ? "" : " (" + log.fatals().get(log.fatals().size() - 1) + ")";
  }

  static void judgeArchive(List<ArchivedWal> proved, List<ArchivedWal> now, List<String> against) {
    for (ArchivedWal file : proved) {
      if (!now.contains(file)) {
        against.add(
            "the archived " + file.file() + " no longer has the bytes the publisher decoded");
      }
    }
  }
}
