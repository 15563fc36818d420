package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.RunActivities.LockObserved;
import dev.mooring.port.RunActivities.ObserveLock;
import dev.mooring.runbook.LockSeen.By;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * Who holds the locks of all sites of a cluster. They are looked at as soon as this is made, beside
 * whatever else is looked at, and none is taken or freed.
 */
public final class LockLooks {
  private final List<Asked> asked = new ArrayList<>();

  /**
   * Asks about all of them; nothing is waited for yet.
   *
   * @param patience how long an answer is waited for
   */
  public LockLooks(Cluster cluster, ActivityPolicies patience) {
    for (Site site : cluster.sites()) {
      RunActivities port =
          Workflow.newActivityStub(
              RunActivities.class,
              patience.options(
                  ActivityPolicies.SHARED_QUEUE, "look at the lock of " + site.name()));
      ObserveLock look = new ObserveLock(LockWorkflow.idOf(cluster.name(), site.name()));
      asked.add(new Asked(site.name(), Async.function(port::observeLock, look)));
    }
  }

  /** What was seen, site by site; one that could not be looked at is told so. */
  public List<LockSeen> heard() {
    return asked.stream().map(LockLooks::heard).toList();
  }

  private static LockSeen heard(Asked one) {
    try {
      LockObserved seen = one.answer().get();
      Holder holder = seen.holder();
      return new LockSeen(one.site(), by(seen), holder.workflowId(), holder.what(), "");
    } catch (TemporalFailure e) {
      return new LockSeen(one.site(), By.NOT_SEEN, "", "", Explained.unlessStopped(e).sentence());
    }
  }

  private static By by(LockObserved seen) {
    String run = Workflow.getInfo().getOriginalExecutionRunId();
    return switch (seen.state()) {
      case FREE -> By.NOBODY;
      case ABANDONED -> By.A_RUN_THAT_IS_OVER;
      case HELD -> seen.holder().originalRun().equals(run) ? By.THIS_RUN : By.ANOTHER_RUN;
    };
  }

  private record Asked(SiteName site, Promise<LockObserved> answer) {}
}
