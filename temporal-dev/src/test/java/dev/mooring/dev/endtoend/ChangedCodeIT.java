package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.worker.MooringWorker;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A run that one worker began and another goes on with, whose runbook has one wait more before its
 * first step.
 */
@Tag("all")
class ChangedCodeIT extends MooredInstance {
  private static final String CHANGE = "a-wait-before-the-first-step";

  @Test
  void a_run_ends_as_it_began_where_the_change_is_guarded_by_its_version() {
    WorkflowStub run = begunAndStopped();
    try (MooringWorker changed = changed(Guard.BY_VERSION)) {
      assertThat(changed.isServing()).isTrue();
      stage.lab.faults().startSsh(east());

      PublishResult published = run.getResult(PublishResult.class);

      assertThat(published.outcome()).isEqualTo("Completed");
      assertThat(waitedFirst(run)).isFalse();
      WorkflowStub next = stage.startPublish();
      assertThat(next.getResult(PublishResult.class).outcome()).isEqualTo("Completed");
      assertThat(waitedFirst(next)).isTrue();
    } finally {
      stage.recallWorker();
    }
    assertThat(stage.consume().restorePoint()).isEqualTo(sites.latest().name().value());
  }

  @Test
  void a_run_stands_still_under_code_that_does_not_fit_until_a_worker_comes_that_does() {
    WorkflowStub run = begunAndStopped();
    try (MooringWorker changed = changed(Guard.NONE)) {
      assertThat(changed.isServing()).isTrue();
      stage.lab.faults().startSsh(east());
      Soon.soon("a task of the run fails", () -> hasMisfitted(run));
      assertThat(stage.service.isOpen(run)).isTrue();
      assertThat(sites.latest().name().value()).isEqualTo(first);
    } finally {
      stage.recallWorker();
    }

    assertThat(run.getResult(PublishResult.class).outcome()).isEqualTo("Completed");
    assertThat(sites.latest().name().value()).isNotEqualTo(first);
    assertThat(stage.consume().restorePoint()).isEqualTo(sites.latest().name().value());
  }

  /** A publish whose point is made, which waits for a host that is gone; its worker is gone too. */
  private static WorkflowStub begunAndStopped() {
    stage.hooks.before(
        PublishStep.AWAIT_ARCHIVE, () -> stage.lab.faults().signalAllSsh(east(), Signal.KILL));
    WorkflowStub run = stage.startPublish();
    Soon.soon("the host is tried again", () -> stage.service.triesAgain(run));
    stage.dismissWorker();
    return run;
  }

  private static MooringWorker changed(Guard guard) {
    return stage.workerOf(stage.service, List.of(stage.hooks, new WaitsFirst(guard)));
  }

  private static LabHost east() {
    return stage.lab.host("e0");
  }

  private static boolean waitedFirst(WorkflowStub run) {
    return stage.service.events(run).stream()
        .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_MARKER_RECORDED);
  }

  private static boolean hasMisfitted(WorkflowStub run) {
    return stage.service.events(run).stream()
        .filter(HistoryEvent::hasWorkflowTaskFailedEventAttributes)
        .map(event -> event.getWorkflowTaskFailedEventAttributes().getCause())
        .anyMatch(
            WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR::equals);
  }

  private enum Guard {
    NONE,
    BY_VERSION
  }

  /** The change: code of the workflow, run by the worker around the runbook's own. */
  private static final class WaitsFirst extends WorkerInterceptorBase {
    private final Guard guard;

    WaitsFirst(Guard guard) {
      this.guard = guard;
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
      return new WorkflowInboundCallsInterceptorBase(next) {
        @Override
        public WorkflowOutput execute(WorkflowInput input) {
          if (Workflow.getInfo().getWorkflowType().equals("PublishCycle") && isWanted()) {
            Workflow.sleep(Duration.ofMillis(1));
          }
          return super.execute(input);
        }
      };
    }

    private boolean isWanted() {
      return guard == Guard.NONE || Workflow.getVersion(CHANGE, Workflow.DEFAULT_VERSION, 1) == 1;
    }
  }
}
