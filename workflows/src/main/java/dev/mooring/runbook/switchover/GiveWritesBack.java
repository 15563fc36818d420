package dev.mooring.runbook.switchover;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.RoleActivities.GivenBack;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.members.HandProcedure;
import dev.mooring.runbook.members.MemberWrites;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.switchover.OtherWriters.Writers;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Lets the old primary accept writes again, if no other instance does. */
final class GiveWritesBack {
  private final Move move;
  private final List<InstanceId> answered;
  private final SwitchoverCalls ports;
  private final OtherWriters others;
  private final Steps run;
  private String old;
  private boolean writes;

  /** The member that did not answer the last observation; empty for none. */
  private String unasked = "";

  /** Members whose loss a person attested. */
  private final Set<String> lost = new TreeSet<>();

  /**
   * @param answered members that answered under the locks
   */
  GiveWritesBack(
      Move move, List<InstanceId> answered, SwitchoverCalls ports, OtherWriters others, Steps run) {
    this.move = move;
    this.answered = List.copyOf(answered);
    this.ports = ports;
    this.others = others;
    this.run = run;
    this.old = move.from().id() + " was not stopped by this run";
  }

  /** The state of the old primary, as far as it is known. */
  String old() {
    return old;
  }

  /** Records a person's attestation that a member can never come back. */
  void lost(InstanceId member) {
    lost.add(member.value());
  }

  /** Until this is done no instance accepts writes, so the run holds and does not give up. */
  void take() {
    old = move.from().id() + " is not known to accept writes";
    while (!taken()) {
      lost.add(unasked);
    }
  }

  private String stands() {
    InstanceId from = move.from().id();
    if (others.anotherWrites()) {
      return from + " is not started beside another that accepts writes";
    }
    return writes
        ? old + ", as its host shows, and no write proves it"
        : from
            + " was to accept writes again; until it does no instance accepts writes. "
            + new HandProcedure(move).back();
  }

  /** False if a person attested the loss of the member that did not answer. */
  private boolean taken() {
    try {
      run.untilDone(
          SwitchoverStep.HAND_OVER,
          this::stands,
          () -> new Hold(true, unasked),
          () -> others.seeing(this::writesAgain));
      return true;
    } catch (RunbookStop e) {
      if (e.outcome() != Outcome.ROLLED_BACK) {
        throw e;
      }
      return false;
    }
  }

  private GivenBack writesAgain() {
    InstanceId from = move.from().id();
    unasked = "";
    Writers seen = others.refuse(from, "must not be started beside it");
    refuseUnasked(seen);
    GivenBack back =
        ports.giveBack(
            run.call(SwitchoverStep.HAND_OVER),
            move.from(),
            move.policy().switchover().stopWithin());
    writes = back.wasFenced() || seen.writing().contains(from);
    if (writes) {
      old = from + " accepts writes";
    } else {
      old = from + " accepts no writes, and it was not this run that ended it";
      run.leaves(old);
    }
    if (back.wasFenced()) {
      committed();
    }
    return back;
  }

  /** A standby that does not answer any more may have been promoted by a person. */
  private void refuseUnasked(Writers seen) {
    for (InstanceFailure one : seen.unasked()) {
      String id = one.instance().value();
      if (answered.contains(one.instance())
          && !one.instance().equals(move.from().id())
          && !lost.contains(id)) {
        unasked = id;
        throw RunbookStop.failed(
            FailureCode.NO_WORKER,
            String.format(
                "whether %s accepts writes could not be read (%s), and %s must not be started"
                    + " beside an instance that does",
                id, one.message(), move.from().id()));
      }
    }
  }

  /**
   * Its host reports that it accepts writes. Its commits may wait for a standby that the move lost:
   * that is its configuration, and does not block the roll-back.
   */
  private void committed() {
    new MemberWrites(move.cluster())
        .tried(
            run.call(SwitchoverStep.VERIFY),
            move.from(),
            why ->
                run.leaves(
                    move.from().id() + " accepts writes, and a commit there did not end " + why))
        .flatMap(WriteProved::trouble)
        .ifPresent(run::leaves);
  }
}
