package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.NoticePolicy.Channel;
import dev.mooring.topology.NoticePolicy.Kind;
import dev.mooring.topology.NoticePolicy.Severity;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The laws of a run: the order of its verbs, its undoes, its endings. */
class RunbookRunTest {
  private static final Undo NONE = Undo.nothing("nothing is changed");

  /** One that needs an operator if the run failed, and not if it was refused. */
  private static final FailureCode CODE = FailureCode.BAD_INPUT;

  private final TestBed bed =
      new TestBed(
          new FakeCluster(
              Harbour.cluster(
                  1,
                  "publish:",
                  "notices: {channels: [{name: chat, from: warning, command: chat}]}\npublish:")),
          TrialImpl.class);

  @AfterEach
  void close() {
    bed.close();
  }

  /** The steps of a runbook made up for these tests. */
  enum TrialStep implements Step {
    LOOK(StepVerb.OBSERVE),
    KEPT(StepVerb.STAYS),
    FIRST(StepVerb.STEP),
    SECOND(StepVerb.STEP),
    PIVOT(StepVerb.PIVOT),
    OTHER_PIVOT(StepVerb.PIVOT),
    LATE_STEP(StepVerb.STEP),
    AFTER(StepVerb.FORWARD);

    private final StepVerb verb;

    TrialStep(StepVerb verb) {
      this.verb = verb;
    }

    @Override
    public StepVerb verb() {
      return verb;
    }

    @Override
    public String sentence() {
      return "do " + name();
    }
  }

  /** Runs a trial by its name. */
  @WorkflowInterface
  public interface Trial {

    /** What happened, line by line. */
    @WorkflowMethod
    List<String> run(String name);
  }

  /** The trials. */
  public static final class TrialImpl implements Trial {
    private final List<String> story = new ArrayList<>();
    private final RunbookRun run =
        new RunbookRun(
            "Trial", new ClusterName("harbour"), TrialStep.class, () -> {}, false, List::of);

    @Override
    public List<String> run(String name) {
      return run.runToEnding(
          () -> {
            trial(name).accept(run);
            return story;
          },
          result -> "done",
          ending -> {
            story.add(ending.outcome() + " " + ending.code());
            return String.join(", ", story);
          });
    }

    private Consumer<RunbookRun> trial(String name) {
      return switch (name) {
        case "every verb" -> this::everyVerb;
        case "fails after two steps" -> this::failsAfterTwoSteps;
        case "undo in a lost reply" -> this::failsInsideAStep;
        case "fails after the pivot" -> this::failsAfterThePivot;
        case "undo fails" -> this::undoFails;
        case "fails after a step that stays" -> this::failsAfterAStepThatStays;
        case "a plan fails" -> this::planFails;
        case "is refused" ->
            trial -> ends(trial, RunbookStop.refused(CODE, "no"), Severity.WARNING);
        case "is refused for no channel" ->
            trial -> ends(trial, RunbookStop.refused(CODE, "no"), Severity.ERROR);
        case "fails" -> trial -> ends(trial, RunbookStop.failed(CODE, "no"), Severity.WARNING);
        default -> trial -> outOfOrder(trial, name);
      };
    }

    private static void ends(RunbookRun trial, RunbookStop how, Severity from) {
      Channel chat = new Channel("chat", Kind.COMMAND, "chat", from, List.of(), List.of());
      trial.noticesBy(List.of(new NoticePolicy("", List.of(chat))));
      throw how;
    }

    private void everyVerb(RunbookRun trial) {
      trial.observe(TrialStep.LOOK, () -> report("looked"));
      trial.step(TrialStep.FIRST, () -> report("first"), NONE);
      trial.pivot(TrialStep.PIVOT, () -> report("pivot"));
      trial.forward(TrialStep.AFTER, () -> report("after"));
    }

    private void failsAfterTwoSteps(RunbookRun trial) {
      trial.step(TrialStep.FIRST, () -> report("first"), undo("undo first"));
      trial.step(TrialStep.SECOND, () -> report("second"), undo("undo second"));
      throw RunbookStop.failed(FailureCode.NO_ROOM, "no room");
    }

    private void failsAfterAStepThatStays(RunbookRun trial) {
      trial.step(TrialStep.KEPT, () -> report("kept"), NONE);
      trial.step(TrialStep.FIRST, () -> report("first"), undo("undo first"));
      throw RunbookStop.failed(FailureCode.NO_ROOM, "no room");
    }

    private void failsInsideAStep(RunbookRun trial) {
      trial.step(
          TrialStep.FIRST,
          () -> {
            throw ApplicationFailure.newFailure("lost", FailureCode.OUTCOME_UNKNOWN.name());
          },
          undo("undo first"));
    }

    private void failsAfterThePivot(RunbookRun trial) {
      trial.step(TrialStep.FIRST, () -> report("first"), undo("undo first"));
      trial.pivot(
          TrialStep.PIVOT,
          () -> {
            throw RunbookStop.failed(FailureCode.START_FAILED, "did not start");
          });
    }

    private void undoFails(RunbookRun trial) {
      trial.step(TrialStep.FIRST, () -> report("first"), undo("undo first"));
      trial.step(
          TrialStep.SECOND,
          () -> report("second"),
          Undo.by(
              () -> {
                throw RunbookStop.failed(FailureCode.HOST_REFUSED, "refused");
              }));
      throw RunbookStop.failed(FailureCode.NO_ROOM, "no room");
    }

    private void planFails(RunbookRun trial) {
      trial.inMode(Mode.PLAN);
      throw RunbookStop.failed(FailureCode.NO_ROOM, "no room");
    }

    private void outOfOrder(RunbookRun trial, String name) {
      try {
        switch (name) {
          case "a step again" -> {
            trial.step(TrialStep.FIRST, () -> 1, NONE);
            trial.step(TrialStep.FIRST, () -> 1, NONE);
          }
          case "backwards" -> {
            trial.step(TrialStep.SECOND, () -> 1, NONE);
            trial.step(TrialStep.FIRST, () -> 1, NONE);
          }
          case "another verb" -> trial.observe(TrialStep.FIRST, () -> 1);
          case "a step that stays, with an undo" ->
              trial.step(TrialStep.KEPT, () -> 1, undo("undo kept"));
          case "two pivots" -> {
            trial.pivot(TrialStep.PIVOT, () -> 1);
            trial.pivot(TrialStep.OTHER_PIVOT, () -> 1);
          }
          case "a step after the pivot" -> {
            trial.pivot(TrialStep.PIVOT, () -> 1);
            trial.step(TrialStep.LATE_STEP, () -> 1, NONE);
          }
          default -> trial.forward(TrialStep.AFTER, () -> 1);
        }
      } catch (IllegalStateException wrong) {
        report(String.valueOf(wrong.getMessage()));
      }
    }

    private Undo undo(String line) {
      return Undo.by(
          () -> {
            Workflow.sleep(1);
            report(line);
          });
    }

    private int report(String line) {
      story.add(line);
      return story.size();
    }
  }

  private List<String> story(String name) {
    return trial(name).run(name);
  }

  private Ended ended(String name) {
    return TestBed.ended(() -> trial(name).run(name));
  }

  private Trial trial(String name) {
    return bed.client().newWorkflowStub(Trial.class, TestBed.options("trial of " + name));
  }

  @Test
  void does_every_verb_in_its_order() {
    assertThat(story("every verb"))
        .containsExactly("looked", "first", "pivot", "after", "COMPLETED ");
  }

  @Test
  void refuses_a_step_out_of_its_order() {
    assertThat(story("a step again").get(0))
        .isEqualTo("FIRST is declared as STEP and can't be done now as STEP");
    assertThat(story("backwards").get(0))
        .isEqualTo("FIRST is declared as STEP and can't be done now as STEP");
    assertThat(story("another verb").get(0))
        .isEqualTo("FIRST is declared as STEP and can't be done now as OBSERVE");
  }

  @Test
  void has_one_point_of_no_return_and_no_undoable_step_after_it() {
    assertThat(story("two pivots").get(0))
        .isEqualTo("OTHER_PIVOT: a runbook has one point of no return");
    assertThat(story("a step after the pivot").get(0))
        .isEqualTo("LATE_STEP: no step may follow the point of no return");
    assertThat(story("forward without a pivot").get(0))
        .isEqualTo("AFTER: forward only follows the point of no return");
  }

  @Test
  void undoes_in_the_reverse_order_what_was_done() {
    Ended ended = ended("fails after two steps");
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().receipt())
        .isEqualTo("first, second, undo second, undo first, FAILED NO_ROOM");
  }

  @Test
  void keeps_what_a_step_that_stays_did_and_refuses_an_undo_of_it() {
    assertThat(ended("fails after a step that stays").record().receipt())
        .isEqualTo("kept, first, undo first, FAILED NO_ROOM");
    assertThat(story("a step that stays, with an undo").get(0))
        .isEqualTo("KEPT is declared as one that stays, and has an undo");
  }

  @Test
  void registers_the_undo_before_the_act_so_that_a_lost_reply_is_undone_too() {
    Ended ended = ended("undo in a lost reply");
    assertThat(ended.record().receipt()).isEqualTo("undo first, FAILED OUTCOME_UNKNOWN");
  }

  @Test
  void undoes_nothing_once_the_point_of_no_return_was_begun() {
    Ended ended = ended("fails after the pivot");
    assertThat(ended.record().receipt()).isEqualTo("first, FAILED START_FAILED");
  }

  @Test
  void is_stuck_when_an_undo_can_not_finish_and_undoes_all_else() {
    Ended ended = ended("undo fails");
    assertThat(ended.type()).isEqualTo("Stuck");
    assertThat(ended.record().headline()).isEqualTo("no room; SECOND could not be undone: refused");
    assertThat(ended.record().receipt()).isEqualTo("first, second, undo first, STUCK HOST_REFUSED");
  }

  /** It left nothing to be fixed: no search for what needs a person finds it. */
  @Test
  void a_plan_that_fails_needs_no_operator() {
    assertThat(ended("a plan fails").type()).isEqualTo("Failed");
    assertThat(needsOperator("a plan fails")).isEqualTo("false");
    assertThat(ended("fails after two steps").type()).isEqualTo("Failed");
    assertThat(needsOperator("fails after two steps")).isEqualTo("true");
    assertThat(Outcome.REFUSED.needsOperator(FailureCode.PRIMARY_BACK)).isFalse();
  }

  /**
   * Its key keeps a schedule from sending one with each run, and no worse one is lost for that.
   * Each is sent by a run of its own: they come in any order.
   */
  @Test
  void a_scheduled_ending_that_is_worse_than_one_before_it_is_sent_too() throws Exception {
    for (String name : List.of("is refused", "fails")) {
      WorkflowOptions scheduled =
          WorkflowOptions.newBuilder(TestBed.options("trial of " + name))
              .setTypedSearchAttributes(
                  io.temporal.common.SearchAttributes.newBuilder()
                      .set(SearchAttributeKey.forKeyword("TemporalScheduledById"), "nightly")
                      .build())
              .build();
      TestBed.ended(() -> bed.client().newWorkflowStub(Trial.class, scheduled).run(name));
    }
    assertThat(Limit.reached(30, () -> severities().size() == 2)).as("two notices").isTrue();
    assertThat(severities()).containsExactlyInAnyOrder(Severity.WARNING, Severity.ERROR);
  }

  @Test
  void begins_no_run_for_a_notice_that_no_channel_takes() {
    for (String name : List.of("is refused", "is refused for no channel")) {
      ended(name);
    }
    assertThat(notices("is refused")).isOne();
    assertThat(notices("is refused for no channel")).isZero();
  }

  private long notices(String name) {
    return bed.client().fetchHistory("trial of " + name).getEvents().stream()
        .filter(event -> event.hasStartChildWorkflowExecutionInitiatedEventAttributes())
        .count();
  }

  private List<Severity> severities() {
    return bed.notices().taken().stream().map(one -> one.notice().severity()).toList();
  }

  /** What the trial noted last. */
  private String needsOperator(String name) {
    List<String> noted = bed.noted("trial of " + name, SearchAttributes.NEEDS_OPERATOR);
    return noted.get(noted.size() - 1);
  }
}
