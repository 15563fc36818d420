package dev.mooring.runbook.status;

import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.InstanceId;
import java.util.List;

/**
 * Former primaries that are down and no standbys: nobody knows the transactions that only they
 * have, before the run that makes them standbys lists them. By their hosts; one that is silent says
 * nothing of that.
 */
final class LossJudge {
  private LossJudge() {}

  /** One finding for each, if another member accepts writes: roles are those of members. */
  static List<Finding> findings(StatusFacts facts) {
    List<InstanceId> writers =
        facts.instances().stream()
            .filter(InstanceFacts::isWritable)
            .map(one -> one.instance().id())
            .toList();
    return facts.roles().stream()
        .filter(role -> writers.contains(role.instance()))
        .limit(1)
        .flatMap(writes -> facts.roles().stream().filter(role -> isFormer(role, writes)))
        .map(
            former ->
                Finding.warning(
                    String.format(
                        "%s was primary and is no standby: transactions that only it may have are"
                            + " not listed yet",
                        former.instance()),
                    Commands.resilver(facts.cluster().name(), former.instance()) + " lists them"))
        .toList();
  }

  /** Of the same system: what initdb made and nobody copied to was never a primary of it. */
  private static boolean isFormer(InstanceRole role, InstanceRole primary) {
    return role.process() == ServerProcess.STOPPED
        && !role.start().standbySignal()
        && role.control().systemIdentifier().equals(primary.control().systemIdentifier());
  }
}
