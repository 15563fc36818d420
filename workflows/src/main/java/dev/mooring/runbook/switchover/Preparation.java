package dev.mooring.runbook.switchover;

import dev.mooring.port.DatabaseActivities.Checkpointed;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import java.util.List;

/** What is made ready for a move while the old primary still serves its clients. */
final class Preparation {
  private final Move move;
  private final List<MemberObserved> target;
  private final SwitchoverCalls ports;
  private final EndpointCalls endpoints;
  private final Steps<SwitchoverStep> run;

  /**
   * @param sight what was seen under the locks
   */
  Preparation(Move move, SwitchoverSight sight, SwitchoverCalls ports, Steps<SwitchoverStep> run) {
    this.move = move;
    this.target = sight.member(move.to()).stream().toList();
    this.ports = ports;
    this.endpoints = new EndpointCalls(move.cluster());
    this.run = run;
  }

  void prepare() {
    prepareSlots(move.slots());
    prepareSynchronous();
    run.step(
        SwitchoverStep.CHECKPOINT,
        () -> {
          Checkpointed ended = ports.checkpoint(run.call(SwitchoverStep.CHECKPOINT), move.from());
          FanOut.failOn(ended.failures());
          return ended;
        },
        Undo.nothing("a checkpoint changes nothing that anybody could see"));
    detach();
    run.step(
        SwitchoverStep.PREPARE_ENDPOINTS,
        () -> endpoints.prepare(run.call(SwitchoverStep.PREPARE_ENDPOINTS), move.to()),
        takenBack(
            "endpoints that are reloaded by hand lead to " + move.to().id() + " now",
            () -> endpoints.unprepare(run.call(SwitchoverStep.PREPARE_ENDPOINTS), move.to())));
    run.observe(SwitchoverStep.LAST_LOOK, this::asUnderTheLocks);
  }

  private void detach() {
    if (move.detached().isEmpty()) {
      return;
    }
    Detaching detaching = new Detaching(move, ports, run);
    run.step(
        SwitchoverStep.DETACH,
        detaching::detach,
        takenBack(
            move.detached().stream().map(Instance::id).toList() + " follow nobody",
            detaching::attach));
  }

  /**
   * Makes the target ready where no outage is prepared for.
   *
   * @param slots that it must have
   * @param names whom its commits are to wait for, empty for nobody; an administrator's own stay as
   *     they are
   */
  void prepareTarget(List<String> slots, String names) {
    prepareSlots(slots);
    if (move.mustConfirm() > 0 && !names.equals(setting("synchronous_standby_names"))) {
      setSynchronous(names);
    }
  }

  private void prepareSlots(List<String> slots) {
    List<String> before =
        target.stream().flatMap(member -> member.slots().stream()).map(Slot::name).toList();
    List<String> ours = slots.stream().filter(name -> !before.contains(name)).toList();
    SlotsSet made =
        run.step(
            SwitchoverStep.PREPARE_SLOTS,
            () ->
                ports.setSlots(run.call(SwitchoverStep.PREPARE_SLOTS), move.to(), slots, List.of()),
            takenBack("slots " + ours + " keep WAL on " + move.to().id(), () -> dropped(ours)));
    run.note(SwitchoverStep.PREPARE_SLOTS, "made " + made.made());
  }

  private void dropped(List<String> ours) {
    List<String> kept =
        ports.dropSlots(run.call(SwitchoverStep.PREPARE_SLOTS), move.to(), ours).kept();
    if (!kept.isEmpty()) {
      run.leaves("slots " + kept + " on " + move.to().id() + " are in use, and stay");
    }
  }

  /** Where the cluster file names nobody, an administrator's own names stay as they are. */
  private void prepareSynchronous() {
    String names = move.synchronousNames();
    if (!names.isEmpty()) {
      setSynchronous(names);
    } else if (!setting("synchronous_commit").equals(move.synchronousCommit())) {
      setSynchronous(setting("synchronous_standby_names"));
    }
  }

  private void setSynchronous(String names) {
    String before = setting("synchronous_standby_names");
    String commitBefore = setting("synchronous_commit");
    run.step(
        SwitchoverStep.PREPARE_SYNCHRONOUS,
        () ->
            ports.setSynchronous(
                run.call(SwitchoverStep.PREPARE_SYNCHRONOUS),
                move.to(),
                names,
                move.synchronousCommit()),
        takenBack(
            "synchronous_standby_names of " + move.to().id() + " are those of the move",
            () ->
                ports.unsetSynchronous(
                    run.call(SwitchoverStep.PREPARE_SYNCHRONOUS),
                    move.to(),
                    before,
                    commitBefore)));
  }

  private String setting(String name) {
    return target.stream().flatMap(member -> member.setting(name).stream()).findFirst().orElse("");
  }

  /**
   * The way back of what was prepared. It is taken after the old primary takes writes again, so
   * what can't be taken back holds nobody up and is told; where the target takes writes, a run that
   * was reset has promoted it before, and nothing of it is taken back.
   */
  private Undo takenBack(String otherwise, Runnable act) {
    return Undo.by(
        () -> {
          try {
            if (ports.writers(run.call(SwitchoverStep.LAST_LOOK)).contains(move.to().id())) {
              run.leaves(move.to().id() + " takes writes, so " + otherwise);
            } else {
              act.run();
            }
          } catch (TemporalFailure e) {
            run.leaves(otherwise + ": " + Explained.of(e).sentence());
          } catch (RunbookStop e) {
            run.leaves(otherwise + ": " + e.reason());
          }
        });
  }

  /** A checkpoint may take long, and people and servers do things meanwhile. */
  private List<InstanceId> asUnderTheLocks() {
    SwitchoverSight now = ports.members(run.call(SwitchoverStep.LAST_LOOK));
    List<InstanceId> writers = SwitchoverCalls.writersOf(now.members());
    if (!writers.equals(List.of(move.from().id()))) {
      throw RunbookStop.failed(
          writers.size() > 1 ? FailureCode.TWO_PRIMARIES : FailureCode.NO_PRIMARY,
          "now " + writers + " take writes, not " + move.from().id() + " alone");
    }
    List<String> against = Preflight.against(move, now);
    if (!against.isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.PREFLIGHT,
          "since the checks were made that changed: " + String.join("; ", against));
    }
    return writers;
  }
}
