package dev.mooring.runbook.replication;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;

/**
 * What a removal takes out of the primary.
 *
 * @param primary that it is taken out of
 * @param slots of the standbys that are taken out
 * @param linesBefore Mooring's access lines
 * @param lines those that stay
 * @param dropsAccount whether no standby is left that streams as the role
 */
record RemovalPlan(
    InstanceId primary,
    List<String> slots,
    List<String> linesBefore,
    List<String> lines,
    boolean dropsAccount) {
  RemovalPlan {
    slots = List.copyOf(slots);
    linesBefore = List.copyOf(linesBefore);
    lines = List.copyOf(lines);
  }

  /** A standby that still streams is not cut off: it is stopped by hand first. */
  static Verdict<RemovalPlan> judge(
      Cluster cluster, Members members, List<Instance> standbys, List<String> linesBefore) {
    List<String> names = standbys.stream().map(Instance::replicationName).toList();
    List<String> streaming =
        members.seen().stream()
            .flatMap(member -> member.senders().stream())
            .filter(sender -> names.contains(sender.slot()) || names.contains(sender.application()))
            .map(sender -> sender.application())
            .sorted()
            .toList();
    if (!streaming.isEmpty()) {
      return Verdict.never(
          FailureCode.DATABASE_REFUSED,
          String.join(", ", streaming)
              + " still stream. HINT: stop these standbys first, then remove them");
    }
    List<Instance> left =
        cluster.members().stream().filter(member -> !standbys.contains(member)).toList();
    boolean all = left.size() == 1;
    List<String> there =
        members.primarySeen().slots().stream()
            .filter(slot -> slot.plugin().isEmpty() && names.contains(slot.name()))
            .map(slot -> slot.name())
            .toList();
    return Verdict.proceed(
        new RemovalPlan(
            members.primary().id(),
            there,
            linesBefore,
            all || linesBefore.isEmpty() ? List.of() : AccessRules.lines(cluster, left),
            all));
  }

  /** What is taken out, one sentence each: what an approval is about. */
  List<String> objects() {
    List<String> objects = new ArrayList<>();
    slots.forEach(name -> objects.add(primary + ": slot " + name));
    if (!linesBefore.equals(lines)) {
      objects.add(primary + ": access lines " + String.join(" | ", linesBefore));
    }
    if (dropsAccount) {
      objects.add(primary + ": the role to stream as, if Mooring made it");
    }
    return objects;
  }
}
