package dev.mooring.runbook.consume;

import dev.mooring.evidence.SiteState;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceMissing;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.InstanceState;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/**
 * Whether every instance of a site can be consumed into at all, before any manifest is read: none
 * was promoted or is configured to become a primary, no process of a dead postmaster remains, and
 * each host has what a start needs.
 */
public final class InstancesCheck {
  private InstancesCheck() {}

  /** The same for one instance, outside a run. */
  public static Verdict<?> judge(Instance instance, InstanceObserved observed) {
    return judge(List.of(new Seen(instance, observed)), Optional.empty());
  }

  /**
   * The verdict on all instances.
   *
   * @param state the last proof of their site, which shows how an instance that left recovery was
   *     parked
   */
  static Verdict<List<Seen>> judge(List<Seen> instances, Optional<SiteState> state) {
    for (Seen seen : instances) {
      Verdict<List<Seen>> verdict = judgeOne(seen, instances, state);
      if (verdict instanceof Verdict.Never) {
        return verdict;
      }
    }
    return Verdict.proceed(instances);
  }

  private static Verdict<List<Seen>> judgeOne(
      Seen seen, List<Seen> all, Optional<SiteState> state) {
    InstanceObserved observed = seen.observed();
    if (observed.process() == ServerProcess.ORPHANED) {
      return Verdict.never(
          FailureCode.STATE_UNREADABLE,
          seen.instance().id()
              + " has no postmaster, yet a server process still runs on its data directory");
    }
    if (observed.recovery().recoverySignal()) {
      return Verdict.never(
          FailureCode.PROMOTED,
          seen.instance().id()
              + " has recovery.signal: its next start would end recovery and open it for writing");
    }
    boolean untouchedBackup =
        observed.recovery().backup() instanceof InstanceObserved.Backup.Fresh
            && observed.process() == ServerProcess.STOPPED;
    if (!untouchedBackup && leftRecovery(observed.control().state())) {
      return Verdict.never(
          FailureCode.PROMOTED,
          String.format(
              "%s is '%s' on timeline %s: it is or was a primary, not a copy in recovery%s",
              seen.instance().id(),
              observed.control().state(),
              observed.control().checkpoint().timeline(),
              MooredCheck.wasPaused(state, seen.instance())
                  ? "; it was parked readable, and its replay was resumed by hand"
                  : ""));
    }
    return NeedsCheck.judge(
        all, List.of(new InstanceMissing(seen.instance().id(), observed.missing())));
  }

  private static boolean leftRecovery(InstanceState state) {
    return switch (state) {
      case IN_PRODUCTION, SHUT_DOWN, SHUTTING_DOWN, IN_CRASH_RECOVERY, STARTING_UP -> true;
      case SHUT_DOWN_IN_RECOVERY, IN_ARCHIVE_RECOVERY -> false;
    };
  }
}
