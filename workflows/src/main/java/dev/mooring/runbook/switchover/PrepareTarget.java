package dev.mooring.runbook.switchover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.PrimaryCheckpoint;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.checks.Preflight;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Prepares a move while the old primary still serves its clients. */
public final class PrepareTarget {
  private static final Duration LOOKS_AGAIN_AFTER = Duration.ofSeconds(2);
  private static final Duration WAITS_AT_MOST = Duration.ofMinutes(1);
  private static final String CHANGED = "since the checks were made that changed: ";

  private final Move move;
  private final List<MemberObserved> target;
  private final SwitchoverCalls ports;
  private final MemberActs acts;
  private final Endpoints endpoints;
  private final Steps run;

  /**
   * @param observed what was observed under the locks
   */
  public PrepareTarget(Move move, ObservedMembers observed, Steps run) {
    this.move = move;
    this.target = observed.member(move.to()).stream().toList();
    this.ports = new SwitchoverCalls(move.cluster());
    this.acts = new MemberActs(move.cluster());
    this.endpoints = new Endpoints(move.cluster());
    this.run = run;
  }

  void prepare() {
    prepareSlots(move.slots(), () -> make(move.slots()));
    prepareSynchronous();
    run.step(
        SwitchoverStep.CHECKPOINT,
        () ->
            PrimaryCheckpoint.make(
                move.cluster(), run.call(SwitchoverStep.CHECKPOINT), move.from()),
        Undo.nothing("a checkpoint changes no data"));
    detach();
    run.step(
        SwitchoverStep.PREPARE_ENDPOINTS,
        () -> endpoints.prepare(run.call(SwitchoverStep.PREPARE_ENDPOINTS), move.to()),
        takenBack(
            "endpoints that are reloaded by hand point at " + move.to().id() + " now",
            () -> endpoints.unprepare(run.call(SwitchoverStep.PREPARE_ENDPOINTS), move.to())));
    run.observe(SwitchoverStep.LAST_LOOK, this::asUnderTheLocks);
  }

  private void detach() {
    if (move.detached().isEmpty()) {
      return;
    }
    DetachStandbys detaching = new DetachStandbys(move, run);
    run.step(
        SwitchoverStep.DETACH,
        detaching::detach,
        takenBack(
            move.detached().stream().map(Instance::id).toList() + " follow no instance",
            detaching::attach));
  }

  /**
   * Prepares the target of a failover: slots for the standbys that will stream from it, and no
   * standby in synchronous_standby_names that can't confirm.
   *
   * <p>A slot that can't be made does not prevent a primary: those that would stream by it are not
   * configured to follow.
   *
   * @param there standbys that answer
   * @param degraded gets why those are left out that are
   * @return those that follow it
   */
  public List<Instance> prepareFor(List<Instance> there, List<String> degraded) {
    List<Instance> streaming =
        there.stream()
            .filter(standby -> move.upstreamOf(standby).filter(move.to()::equals).isPresent())
            .toList();
    List<String> without = new ArrayList<>();
    List<String> slots = streaming.stream().map(move.cluster()::slotName).toList();
    prepareSlots(
        slots,
        () -> {
          try {
            return make(slots);
          } catch (TemporalFailure e) {
            without.add(Explained.unlessStopped(e).sentence());
            return new SlotsSet(move.to().id(), List.of(), List.of(), List.of());
          }
        });
    List<Instance> following = new ArrayList<>(there);
    if (!without.isEmpty()) {
      following.removeAll(streaming);
      streaming.forEach(
          standby ->
              degraded.add(
                  String.format(
                      "%s does not follow, because its slot on %s was not made (%s): once that is"
                          + " fixed, `mooring resilver %s --instances %s`",
                      standby.id(),
                      move.to().id(),
                      without.get(0),
                      move.cluster().name(),
                      standby.id())));
    }
    move.synchronousNamesAmong(following)
        .filter(names -> !names.equals(setting("synchronous_standby_names")))
        .ifPresent(this::setSynchronous);
    return following;
  }

  private SlotsSet make(List<String> slots) {
    Call call = run.call(SwitchoverStep.PREPARE_SLOTS);
    return acts.slots(ActivityPolicies.ENSURE_TO_ITS_END, call, move.to(), slots, List.of());
  }

  private void prepareSlots(List<String> slots, Supplier<SlotsSet> act) {
    List<String> before =
        target.stream().flatMap(member -> member.slots().stream()).map(Slot::name).toList();
    List<String> ours = slots.stream().filter(name -> !before.contains(name)).toList();
    SlotsSet made =
        run.step(
            SwitchoverStep.PREPARE_SLOTS,
            act,
            takenBack("slots " + ours + " keep WAL on " + move.to().id(), () -> dropped(ours)));
    run.note(SwitchoverStep.PREPARE_SLOTS, "made " + made.made());
  }

  /** A server that is down delays the roll-back by seconds at most. */
  private void dropped(List<String> ours) {
    Call call = run.call(SwitchoverStep.PREPARE_SLOTS);
    List<String> kept =
        acts.slots(ActivityPolicies.GLANCE, call, move.to(), List.of(), ours).kept();
    if (!kept.isEmpty()) {
      run.stays("slots " + kept + " on " + move.to().id() + " are in use, and stay");
    }
  }

  /** If the cluster file names no standby, an administrator's own names stay as they are. */
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
            acts.setSynchronous(
                ActivityPolicies.ENSURE,
                run.call(SwitchoverStep.PREPARE_SYNCHRONOUS),
                move.to(),
                names,
                move.synchronousCommit()),
        takenBack(
            "synchronous_standby_names of " + move.to().id() + " are those of the move",
            () ->
                acts.revertSynchronous(
                    run.call(SwitchoverStep.PREPARE_SYNCHRONOUS),
                    move.to(),
                    before,
                    commitBefore)));
  }

  private String setting(String name) {
    return target.stream().flatMap(member -> member.setting(name).stream()).findFirst().orElse("");
  }

  /**
   * Undoes a preparation, after the old primary accepts writes again: what can't be undone is
   * reported and does not block. If the target accepts writes, a run that was reset promoted it
   * before, and nothing is undone.
   */
  private Undo takenBack(String otherwise, Runnable act) {
    return Undo.by(
        () -> {
          try {
            if (ports.writers(run.call(SwitchoverStep.LAST_LOOK)).contains(move.to().id())) {
              run.stays(move.to().id() + " accepts writes, so " + otherwise);
            } else {
              act.run();
            }
          } catch (TemporalFailure e) {
            run.stays(otherwise + ": " + Explained.of(e).sentence());
          } catch (RunbookStop e) {
            run.stays(otherwise + ": " + e.reason());
          }
        });
  }

  /**
   * A checkpoint may take long, and meanwhile something may change. No client is paused yet, so a
   * standby that lost its connection is waited for: as long as the outage budget, and one minute at
   * most, because the preparations stay meanwhile.
   */
  private List<InstanceId> asUnderTheLocks() {
    Duration atMost =
        DurationText.shorter(move.policy().switchover().outageBudget(), WAITS_AT_MOST);
    long began = Workflow.currentTimeMillis();
    String waited = "";
    for (; ; Workflow.sleep(LOOKS_AGAIN_AFTER)) {
      ObservedMembers now = ports.members(run.call(SwitchoverStep.LAST_LOOK));
      List<InstanceId> writers = MemberObservations.writers(now.members());
      refuseOthers(now, writers);
      Optional<String> awaited =
          Preflight.atLastLook(move, now)
              .match(
                  proceed -> Optional.empty(),
                  notYet -> Optional.of(notYet.awaiting()),
                  never -> {
                    throw RunbookStop.failed(never.code(), CHANGED + never.reason());
                  });
      long seconds = (Workflow.currentTimeMillis() - began) / 1000;
      if (awaited.isEmpty()) {
        if (!waited.isEmpty()) {
          run.note(SwitchoverStep.LAST_LOOK, "waited " + seconds + " s for " + waited);
        }
        return writers;
      }
      if (seconds >= atMost.toSeconds()) {
        throw RunbookStop.failed(
            writers.isEmpty() ? FailureCode.NO_PRIMARY : FailureCode.PREFLIGHT,
            CHANGED + awaited.get());
      }
      waited = writers.isEmpty() ? move.from().id() + " to answer" : "the standbys to stream";
      run.note(
          SwitchoverStep.LAST_LOOK,
          "waiting for " + waited + ", " + DurationText.of(atMost) + " at most");
    }
  }

  /** A second writer does not disappear on its own; a primary that is silent may answer again. */
  private void refuseOthers(ObservedMembers now, List<InstanceId> writers) {
    boolean silent = now.member(move.from()).isEmpty() && writers.isEmpty();
    if (!silent && !writers.equals(List.of(move.from().id()))) {
      throw RunbookStop.failed(
          writers.size() > 1 ? FailureCode.TWO_PRIMARIES : FailureCode.NO_PRIMARY,
          "now " + writers + " accept writes, not " + move.from().id() + " alone");
    }
  }
}
