package dev.mooring.watch;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds the standbys on which recovery cancels queries again and again: their number has grown at
 * two readings within ten minutes, and the last of them is no older than that. A single one is no
 * fault.
 */
public final class RecoveryConflicts {
  private static final Duration WITHIN = Duration.ofMinutes(10);

  private final Map<Key, Counted> counted = new HashMap<>();

  private record Key(ClusterName cluster, InstanceId member) {}

  /** The number at the last reading, and the last two times at which it had grown. */
  private record Counted(long number, List<Long> grew) {
    Counted then(long now, long nanos) {
      return new Counted(
          now,
          now > number
              ? Stream.concat(grew.stream().skip(Math.max(0, grew.size() - 1)), Stream.of(nanos))
                  .toList()
              : grew);
    }

    boolean isRepeated(long nanos) {
      return grew.size() > 1 && isWithin(grew.get(0), grew.get(1)) && isWithin(grew.get(1), nanos);
    }

    private static boolean isWithin(long one, long later) {
      return later - one <= WITHIN.toNanos();
    }
  }

  /**
   * The standbys of that cluster with repeated conflicts after one more reading.
   *
   * @param nanos when it began, by a monotonic clock
   */
  public synchronized List<InstanceId> after(
      ClusterName cluster, ReplicationObserved seen, long nanos) {
    List<InstanceId> repeated = new ArrayList<>();
    for (MemberObserved member : seen.members()) {
      long number = member.load().conflicts();
      Counted now =
          counted
              .getOrDefault(new Key(cluster, member.instance()), new Counted(number, List.of()))
              .then(number, nanos);
      counted.put(new Key(cluster, member.instance()), now);
      if (now.isRepeated(nanos)) {
        repeated.add(member.instance());
      }
    }
    return repeated;
  }
}
