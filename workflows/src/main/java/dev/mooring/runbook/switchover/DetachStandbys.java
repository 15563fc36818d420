package dev.mooring.runbook.switchover;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.Detached;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Standbys that are detached before the old primary is stopped. A fast stop waits for every
 * walsender, also for that of an asynchronous standby that hangs: one frozen standby held it over
 * 40 s (measured). The standby itself is configured to stream from no server first, so that it does
 * not come back once it continues; then its walsender is ended. Its slot stays.
 */
final class DetachStandbys {
  private final Move move;
  private final SwitchoverCalls ports;
  private final Steps run;

  DetachStandbys(Move move, SwitchoverCalls ports, Steps run) {
    this.move = move;
    this.ports = ports;
    this.run = run;
  }

  /** The standbys that are named to be taken off; refused where one can't be taken off. */
  static List<Instance> named(Cluster cluster, MovePrimary.Intent intent, Instance from) {
    List<Instance> detached = new ArrayList<>();
    for (InstanceId id : intent.detach()) {
      Instance standby =
          cluster.members().stream()
              .filter(member -> member.id().equals(id))
              .filter(member -> !member.equals(from) && !member.equals(intent.to()))
              .filter(member -> member.upstream().isEmpty())
              .findFirst()
              .orElseThrow(
                  () ->
                      RunbookStop.refused(
                          FailureCode.BAD_INPUT,
                          String.format(
                              "%s can't be detached: it must be a standby that follows %s by the"
                                  + " cluster file, and not %s, which is to be the primary",
                              id, from.id(), intent.to().id())));
      detached.add(standby);
    }
    return detached;
  }

  /** Detaches them. If a host does not answer, its standby may connect again. */
  Detached detach() {
    List<String> mayComeBack =
        failures(
            standby -> ports.followNobody(run.call(SwitchoverStep.DETACH), standby),
            " may come back: ");
    Detached done = ports.detach(run.call(SwitchoverStep.DETACH), move.from(), move.detached());
    run.note(
        SwitchoverStep.DETACH,
        "ended the walsenders of "
            + done.ended()
            + (mayComeBack.isEmpty() ? "" : "; " + String.join("; ", mayComeBack)));
    return done;
  }

  /**
   * Makes them follow the old primary again; one that can't be reached does not delay the others.
   * It shows the hosts the token of a later step: that of DETACH would be refused where DETACH had
   * been tried more than once, and a late attempt of that must not come after it.
   */
  void attach() {
    failures(
            standby ->
                ports.follow(run.call(SwitchoverStep.LAST_LOOK), standby, List.of(move.from())),
            " follows no instance: ")
        .forEach(run::leaves);
  }

  /** Configures each of them, and reports for which that failed, and why. */
  private List<String> failures(Consumer<Instance> act, String what) {
    return new MemberActs(move.cluster())
        .onEach(move.detached(), act).entrySet().stream()
            .map(one -> one.getKey() + what + Explained.unlessStopped(one.getValue()).sentence())
            .toList();
  }
}
