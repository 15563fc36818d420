package dev.mooring.watch;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the standbys that advance, also without a receiver: the archive feeds them. */
public final class ReplayedPositions {
  private final Map<Key, Lsn> last = new HashMap<>();

  private record Key(ClusterName cluster, InstanceId member) {}

  /**
   * The members of that cluster whose replayed position changed since the reading before; it goes
   * back only if the member was copied or rewound meanwhile.
   */
  public synchronized List<InstanceId> after(ClusterName cluster, ReplicationObserved seen) {
    List<InstanceId> advancing = new ArrayList<>();
    for (MemberObserved member : seen.members()) {
      Lsn now = member.standing().replayed();
      Lsn before = last.put(new Key(cluster, member.instance()), now);
      if (before != null && !now.equals(before)) {
        advancing.add(member.instance());
      }
    }
    return advancing;
  }
}
