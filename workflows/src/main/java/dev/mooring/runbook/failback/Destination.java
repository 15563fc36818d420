package dev.mooring.runbook.failback;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;

/** The member that is meant by the name of a site or an instance to move the primary back to. */
final class Destination {
  private Destination() {}

  /** That instance, or the first member of that site in the order of the cluster file. */
  static Instance of(Cluster cluster, String name) {
    DrivenFromOutside.requireStreaming(cluster, "`patronictl switchover` moves the primary there");
    List<Instance> members = cluster.members();
    return members.stream()
        .filter(member -> member.id().value().equals(name))
        .findFirst()
        .or(() -> members.stream().filter(m -> m.site().value().equals(name)).findFirst())
        .orElseThrow(
            () ->
                RunbookStop.refused(
                    FailureCode.BAD_INPUT,
                    String.format(
                        "%s is neither a site nor a member of cluster %s; its members are %s",
                        name,
                        cluster.name(),
                        members.stream().map(m -> m.id() + " at " + m.site()).toList())));
  }
}
