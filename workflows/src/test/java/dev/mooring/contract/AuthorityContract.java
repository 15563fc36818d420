package dev.mooring.contract;

import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.Steps.Run;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.EnsureReplaying;
import dev.mooring.port.InstanceActivities.EnsureStopped;
import dev.mooring.port.InstanceActivities.EnsureTarget;
import dev.mooring.port.InstanceActivities.InstancesStopped;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceTarget;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every change of a host shows a token (epoch, ordinal, attempt); one whose epoch is lower than the
 * highest that acted there on that content is refused, and so is one that comes before the last of
 * the same run on that instance. Neither changes anything.
 */
public abstract class AuthorityContract {
  /** The world all tests of a class share. */
  protected abstract ContractWorld world();

  private Steps steps() {
    return new Steps(world());
  }

  @Test
  void a_run_that_is_over_changes_nothing_by_any_verb() {
    List<InstanceTarget> early = steps().publish();
    List<InstanceTarget> late = steps().publish();
    Run over = Steps.newRun();
    assertThat(world().instances(1).ensureTarget(steps().aim(over, early)).failures()).isEmpty();
    Run now = Steps.newRun();
    assertThat(world().instances(1).ensureTarget(steps().aim(now, late)).failures()).isEmpty();
    InstanceObserved before = steps().lookAt(0);
    refused(
        FailureCode.EPOCH_REFUSED,
        () -> world().instances(9).ensureTarget(steps().aim(over, early)));
    refused(
        FailureCode.EPOCH_REFUSED,
        () -> world().instances(9).ensureReplaying(steps().start(over, early, 1)));
    refused(
        FailureCode.EPOCH_REFUSED,
        () -> world().instances(9).revertTarget(steps().aim(over, early)));
    refused(
        FailureCode.EPOCH_REFUSED, () -> world().instances(9).ensureStopped(steps().stop(over)));
    assertThat(steps().lookAt(0).recovery()).isEqualTo(before.recovery());
    assertThat(steps().lookAt(0).controlDigest()).isEqualTo(before.controlDigest());
    assertThat(steps().look(steps().west()).highestEpoch()).isEqualTo(now.epoch());
  }

  @Test
  @Tag("all")
  void an_earlier_step_of_the_same_run_comes_too_late() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    assertThat(world().instances(1).ensureTarget(steps().aim(run, targets)).failures()).isEmpty();
    assertThat(world().instances(1).ensureStopped(steps().stop(run)).failures()).isEmpty();
    refused(
        FailureCode.EPOCH_REFUSED,
        () -> world().instances(7).ensureReplaying(steps().start(run, targets, 1)));
  }

  @Test
  @Tag("all")
  void an_earlier_attempt_of_the_same_step_comes_too_late() {
    List<InstanceTarget> targets = steps().publish();
    EnsureTarget aim = steps().aim(Steps.newRun(), targets);
    assertThat(world().instances(5).ensureTarget(aim).failures()).isEmpty();
    refused(FailureCode.EPOCH_REFUSED, () -> world().instances(4).ensureTarget(aim));
    assertThat(world().instances(5).ensureTarget(aim).failures()).isEmpty();
    assertThat(world().instances(6).ensureTarget(aim).failures()).isEmpty();
  }

  @Test
  @Tag("all")
  void an_undo_comes_after_every_step_and_undoes_run_backwards() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    EnsureTarget aim = steps().aim(run, targets);
    EnsureTarget earlier = new EnsureTarget(steps().call(run, 1), steps().west(), targets);
    assertThat(world().instances(1).ensureTarget(aim).failures()).isEmpty();
    assertThat(world().instances(1).revertTarget(aim).failures()).isEmpty();
    refused(FailureCode.EPOCH_REFUSED, () -> world().instances(9).ensureTarget(aim));
    assertThat(world().instances(1).revertTarget(earlier).failures()).isEmpty();
    refused(FailureCode.EPOCH_REFUSED, () -> world().instances(9).revertTarget(aim));
  }

  /** As if both were members of one cluster, which share a content, its host and its authority. */
  @Test
  void an_act_on_another_instance_of_the_content_is_in_no_order_with_it() {
    Run run = Steps.newRun();
    Instance one = steps().west().instances().get(0);
    Instance other = of(steps().west().instances().get(1), one.content());
    assertThat(stop(run, 3, one).failures()).isEmpty();
    assertThat(stop(run, 2, other).failures()).isEmpty();
    refused(FailureCode.EPOCH_REFUSED, () -> stop(run, 2, one));
    refused(FailureCode.EPOCH_REFUSED, () -> stop(run, 1, other));
    Run over = new Run(run.id() + "-over", new Epoch(run.epoch().value() - 1));
    Run twin = new Run(run.id() + "-twin", run.epoch());
    refused(FailureCode.EPOCH_REFUSED, () -> stop(over, 4, other));
    refused(FailureCode.EPOCH_REFUSED, () -> stop(twin, 4, other));
  }

  private InstancesStopped stop(Run run, int ordinal, Instance instance) {
    HostWork on = new HostWork(steps().west().host(), List.of(instance));
    return world().instances(1).ensureStopped(new EnsureStopped(steps().call(run, ordinal), on));
  }

  private static Instance of(Instance instance, ContentId content) {
    return new Instance(
        instance.id(),
        instance.site(),
        content,
        instance.host(),
        instance.port(),
        instance.dataDirectory(),
        instance.manager());
  }

  @Test
  @Tag("all")
  void two_runs_with_one_epoch_never_both_act() {
    List<InstanceTarget> targets = steps().publish();
    Run first = Steps.newRun();
    assertThat(world().instances(1).ensureTarget(steps().aim(first, targets)).failures()).isEmpty();
    Run twin = new Run(first.id() + "-twin", first.epoch());
    refused(
        FailureCode.EPOCH_REFUSED,
        () -> world().instances(9).ensureTarget(steps().aim(twin, targets)));
    assertThat(world().instances(2).ensureTarget(steps().aim(first, targets)).failures()).isEmpty();
  }

  @Test
  @Tag("all")
  void a_call_refused_for_one_content_acts_on_none() {
    List<InstanceTarget> targets = steps().publish();
    Run over = Steps.newRun();
    Run now = Steps.newRun();
    HostWork one = new HostWork(steps().west().host(), List.of(steps().west().instances().get(1)));
    assertThat(
            world()
                .instances(1)
                .ensureTarget(new EnsureTarget(steps().call(now, 3), one, targets))
                .failures())
        .isEmpty();
    InstanceObserved before = steps().lookAt(0);
    refused(
        FailureCode.EPOCH_REFUSED,
        () -> world().instances(1).ensureTarget(steps().aim(over, targets)));
    assertThat(steps().lookAt(0).recovery()).isEqualTo(before.recovery());
  }

  @Test
  void nothing_is_changed_without_an_epoch() {
    List<InstanceTarget> targets = steps().publish();
    Run none = new Run("no-epoch", Epoch.NONE);
    Call call = steps().call(none, 3);
    List<Runnable> acts =
        List.of(
            () ->
                world().instances(1).ensureTarget(new EnsureTarget(call, steps().west(), targets)),
            () ->
                world().instances(1).revertTarget(new EnsureTarget(call, steps().west(), targets)),
            () ->
                world()
                    .instances(1)
                    .ensureReplaying(new EnsureReplaying(call, steps().west(), targets, 1)),
            () -> world().instances(1).ensureStopped(new EnsureStopped(call, steps().west())));
    for (Runnable act : acts) {
      assertThatThrownBy(act::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("epoch");
    }
  }
}
