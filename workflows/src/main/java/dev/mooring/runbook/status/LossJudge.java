package dev.mooring.runbook.status;

import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.status.StatusFacts.ObservedMember;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Former primaries that are down and are no standbys: the transactions that only they have are
 * unknown until a resilver lists them. Judged by their hosts; for a silent host by the slots of the
 * primary.
 */
final class LossJudge {
  private static final String LOSS = "lost-transactions";
  private static final String LISTED = "listed, if it was the primary";

  private LossJudge() {}

  /** One finding for each, if another member accepts writes: only members have roles. */
  static List<CheckRow> findings(StatusFacts facts) {
    List<InstanceId> writers =
        facts.instances().stream()
            .filter(InstanceFacts::isWritable)
            .map(one -> one.instance().id())
            .toList();
    Optional<InstanceRole> writes =
        facts.streaming().roles().stream()
            .filter(role -> writers.contains(role.instance()))
            .findFirst();
    return writes.stream()
        .flatMap(primary -> Stream.concat(former(facts, primary), silent(facts, primary)))
        .toList();
  }

  private static Stream<CheckRow> former(StatusFacts facts, InstanceRole primary) {
    return facts.streaming().roles().stream()
        .filter(role -> isFormer(role, primary))
        .map(
            former ->
                CheckRow.warning(
                    LOSS,
                    former.instance(),
                    "was primary and is no standby: transactions that only it may have are not"
                        + " listed yet",
                    LISTED,
                    Commands.resilver(facts.cluster().name(), former.instance()) + " lists them"));
  }

  /** Of the same system: a new cluster by initdb that holds no copy yet was never its primary. */
  private static boolean isFormer(InstanceRole role, InstanceRole primary) {
    return role.process() == ServerProcess.STOPPED
        && !role.start().standbySignal()
        && role.control().systemIdentifier().equals(primary.control().systemIdentifier());
  }

  /**
   * A run that makes an instance a standby first creates its slot on the primary. A cascading
   * standby by the cluster file has its slot at its upstream, unless it was a primary.
   */
  private static Stream<CheckRow> silent(StatusFacts facts, InstanceRole primary) {
    if (!primary.authority().writer().equals(primary.instance().value())) {
      return Stream.empty();
    }
    List<String> slots =
        facts.streaming().members().stream()
            .flatMap(member -> member.seen().seen().stream())
            .filter(seen -> seen.instance().equals(primary.instance()))
            .flatMap(seen -> seen.slots().stream())
            .map(Slot::name)
            .toList();
    return facts.streaming().members().stream()
        .filter(member -> member.seen().seen().isEmpty())
        .map(ObservedMember::instance)
        .filter(
            member ->
                member.upstream().isEmpty() || member.upstream().equals(primary.instance().value()))
        .filter(
            member -> facts.cluster().replicationNames(member).stream().noneMatch(slots::contains))
        .filter(
            member ->
                facts.streaming().roles().stream()
                    .noneMatch(role -> role.instance().equals(member.id())))
        .map(
            member ->
                CheckRow.warning(
                    LOSS,
                    member.id(),
                    "does not answer, nor its host, and "
                        + primary.instance()
                        + " has no slot for it: if it was the primary, transactions that only it"
                        + " may have are not listed yet",
                    LISTED,
                    Commands.resilver(facts.cluster().name(), member.id())
                        + " lists them when its host answers"));
  }
}
