package dev.mooring.runbook.replication;

import dev.mooring.port.AccessActivities.AccessObserved;
import dev.mooring.port.AccountActivities.AccountObserved;
import dev.mooring.port.Call;
import dev.mooring.port.PrimaryActivities.ArchiveSeen;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.replication.SetupCheck.PrimaryLooks;
import dev.mooring.topology.Instance;
import java.util.List;

/** The looks of a setup at the primary's host. */
record SetupLooks(RunbookRun run, SetupCalls calls, PrimaryCalls primaries) {

  /** Looks at access lines and archive directory. */
  PrimaryLooks of(Members members, AccountObserved account, boolean mayRestart) {
    List<String> lines =
        run.observe(
            ReplicationStep.OBSERVE_ACCESS,
            () -> lines(members.primary(), run.call(ReplicationStep.OBSERVE_ACCESS)));
    ArchiveSeen archive =
        run.observe(
            ReplicationStep.OBSERVE_PRIMARY,
            () -> primaries.archive(members, run.call(ReplicationStep.OBSERVE_PRIMARY)));
    return new PrimaryLooks(account, lines, archive, mayRestart);
  }

  private List<String> lines(Instance primary, Call call) {
    AccessObserved seen = calls.access(primary, call);
    FanOut.failOn(seen.failures());
    return seen.seen().get(0).lines();
  }
}
