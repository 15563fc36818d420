package dev.mooring.runbook.switchover;

import dev.mooring.port.ActivityPolicies;
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
 * walsender, even that of an asynchronous standby that hangs: one frozen standby delayed it by over
 * 40 s (measured). First the standby is configured to stream from no server, so that it does not
 * reconnect when it continues; then its walsender is ended. Its slot stays.
 */
final class DetachStandbys {
  private final Move move;
  private final MemberActs acts;
  private final Steps run;

  DetachStandbys(Move move, Steps run) {
    this.move = move;
    this.acts = new MemberActs(move.cluster());
    this.run = run;
  }

  /** The standbys to detach by name; refuses the run if one can't be detached. */
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

  /** Detaches them. If a host does not answer, its standby may reconnect. */
  Detached detach() {
    List<String> mayComeBack =
        failures(
            standby ->
                acts.follow(
                    ActivityPolicies.GLANCE, run.call(SwitchoverStep.DETACH), standby, List.of()),
            " may come back: ");
    Detached done = acts.detach(run.call(SwitchoverStep.DETACH), move.from(), move.detached());
    run.note(
        SwitchoverStep.DETACH,
        "ended the walsenders of "
            + done.ended()
            + (mayComeBack.isEmpty() ? "" : "; " + String.join("; ", mayComeBack)));
    return done;
  }

  /**
   * Makes them follow the old primary again; one that does not answer does not delay the others.
   * The hosts get the token of a later step: they would refuse the token of DETACH if DETACH had
   * several attempts, and no late attempt of DETACH may come after this.
   */
  void attach() {
    failures(
            standby ->
                acts.follow(
                    ActivityPolicies.ENSURE,
                    run.call(SwitchoverStep.LAST_LOOK),
                    standby,
                    List.of(move.from())),
            " follows no instance: ")
        .forEach(run::leaves);
  }

  /** Applies the act to each of them; returns for which it failed, and why. */
  private List<String> failures(Consumer<Instance> act, String what) {
    return acts.onEach(move.detached(), act).entrySet().stream()
        .map(one -> one.getKey() + what + Explained.unlessStopped(one.getValue()).sentence())
        .toList();
  }
}
