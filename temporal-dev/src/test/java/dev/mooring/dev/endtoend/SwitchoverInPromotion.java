package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.lab.SlowPromotion;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.switchover.SwitchoverStep;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Targets that are told to promote and do not come to its end by themselves. */
abstract class SwitchoverInPromotion extends SwitchoverRows {

  /** What was told to promote is looked at again, and nobody is started beside it. */
  @Test
  @Tag("all")
  void a_promotion_that_takes_longer_than_the_budget_is_found_by_the_next_look()
      throws SQLException {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT6S, stop: PT3S}\n");
    SlowPromotion promotion = SlowPromotion.of(stage.lab, stage.lab.instance("west-0"));
    AtomicReference<String> atTheLook = new AtomicReference<>("");
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER,
        () ->
            stage.hooks.before(
                SwitchoverStep.TAKE_OVER,
                () -> {
                  atTheLook.set(standOfTheMove());
                  promotion.goOn();
                }));
    assertThat(move("west-0").outcome()).isEqualTo("Completed");
    assertThat(atTheLook.get()).isEqualTo("east-0 runs: false, west-0 is in archive recovery");
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  private static String standOfTheMove() {
    return String.format(
        "east-0 runs: %s, west-0 is %s",
        stage.lab.isRunning(stage.lab.instance("east-0")),
        stage.lab.controlState(stage.lab.instance("west-0")));
  }

  /** Its new timeline has begun, and it accepts no writes yet. */
  @Test
  @Tag("all")
  void a_target_that_is_killed_in_the_midst_of_its_promotion_is_started_and_takes_over()
      throws SQLException {
    LabInstance target = stage.lab.instance("west-0");
    SlowPromotion promotion = SlowPromotion.of(stage.lab, target);
    WorkflowStub run = begin("west-0");
    Soon.soon("it promotes", promotion::hasBegun);
    stage.lab.faults().signalAll(target, Signal.KILL);
    assertThat(run.getResult(RoleChangeResult.class).outcome()).isEqualTo("Completed");
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  /** Wherever in its promotion that is: at one of both ends one accepts writes. */
  @Test
  @Tag("all")
  void a_target_that_is_killed_as_soon_as_it_may_write_takes_over_or_the_old_one_goes_on()
      throws SQLException {
    LabInstance target = stage.lab.instance("west-0");
    CompletableFuture<Void> killed = new CompletableFuture<>();
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER,
        () ->
            killed.completeAsync(
                () -> {
                  Soon.soon("it may write", () -> isNamed(target));
                  stage.lab.faults().signal(target, Signal.KILL);
                  return null;
                }));
    WorkflowStub run = begin("west-0");
    killed.join();
    Soon.soon("the target took over, or the run ended", () -> tookOver(run) || isOver(run));
    if (tookOver(run) && !stage.lab.isRunning(target)) {
      // one that was seen to accept writes before it died is a person's to start
      stage.lab.start(target);
    }
    String ending = endingOf(run);
    assertThat(ending).isIn("Completed", "RolledBack");
    assertThat(writerThroughPooler()).isEqualTo(ending.equals("Completed") ? "west-0" : "east-0");
  }

  private static boolean tookOver(WorkflowStub run) {
    return run.query("progress", Progress.class).steps().stream()
        .anyMatch(one -> one.step().equals("TAKE_OVER") && one.state().equals("done"));
  }

  private static boolean isOver(WorkflowStub run) {
    return run.describe().getStatus() != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  private static String endingOf(WorkflowStub run) {
    try {
      return run.getResult(RoleChangeResult.class).outcome();
    } catch (WorkflowFailedException e) {
      return Stage.endingOf(run).outcome();
    }
  }

  private static boolean isNamed(LabInstance instance) throws IOException {
    Path authority = instance.host().mooring().resolve(stage.lab.name()).resolve("0.authority");
    return Files.exists(authority)
        && Files.readString(authority).contains("writer=" + instance.id() + "\n");
  }
}
