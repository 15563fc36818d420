package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.RunActivities.LockObserved;
import dev.mooring.runbook.LockSeen.By;
import dev.mooring.runbook.lock.ClusterLock;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * The holders of the locks of all sites of a cluster. The constructor begins to read them, in
 * parallel with other observations; no lock is taken or freed.
 */
public final class LockObservations {
  private final List<Asked> asked = new ArrayList<>();

  /**
   * Begins to read all locks; does not wait.
   *
   * @param patience how long an answer is waited for
   */
  public LockObservations(Cluster cluster, ActivityPolicies patience) {
    for (Site site : cluster.sites()) {
      asked.add(new Asked(site.name(), ClusterLock.look(cluster.name(), site.name(), patience)));
    }
  }

  /** The lock of each site; for a site that could not be read, the reason. */
  public List<LockSeen> heard() {
    return asked.stream().map(LockObservations::heard).toList();
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
    return switch (seen.state()) {
      case FREE -> By.NOBODY;
      case ABANDONED -> By.A_RUN_THAT_IS_OVER;
      case HELD -> ClusterLock.isMine(seen) ? By.THIS_RUN : By.ANOTHER_RUN;
    };
  }

  private record Asked(SiteName site, Promise<LockObserved> answer) {}
}
