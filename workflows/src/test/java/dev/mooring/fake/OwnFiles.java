package dev.mooring.fake;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ForCall;
import dev.mooring.runbook.AuthorisedAct;
import dev.mooring.runbook.PlanApprovals;
import dev.mooring.topology.Cluster;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands before every port and refuses, as a worker does, what no version of the cluster file has,
 * and notes each authorised act that an approved plan of its run does not name. No runbook asks for
 * that: a bed that refused something does not close.
 */
final class OwnFiles extends WorkerInterceptorBase {
  private final FakeFiles files;
  private final List<String> refused = new CopyOnWriteArrayList<>();

  OwnFiles(FakeFiles files) {
    this.files = files;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public ActivityInboundCallsInterceptor.ActivityOutput execute(
          ActivityInboundCallsInterceptor.ActivityInput input) {
        if (input.getArguments()[0] instanceof ForCall request) {
          check(request);
        }
        return super.execute(input);
      }
    };
  }

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor calls) {
        super.init(new Approved(calls));
      }
    };
  }

  private final class Approved extends WorkflowOutboundCallsInterceptorBase {
    Approved(WorkflowOutboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public <R> WorkflowOutboundCallsInterceptor.ActivityOutput<R> executeActivity(
        WorkflowOutboundCallsInterceptor.ActivityInput<R> input) {
      AuthorisedAct.of(input.getActivityName(), input.getArgs())
          .flatMap(OwnFiles.this::unapproved)
          .ifPresent(why -> refused.add(input.getActivityName() + ": " + why));
      return super.executeActivity(input);
    }
  }

  private Optional<String> unapproved(AuthorisedAct act) {
    WorkflowInfo run = Workflow.getInfo();
    Cluster file = files.versions().get(0).cluster();
    Optional<PlanApprovals> shown =
        PlanApprovals.ofRun().filter(approved -> !approved.approvals().isEmpty());
    if (shown.isEmpty()) {
      return Optional.of("no plan is approved");
    }
    return act.isSigned(file, run.getWorkflowType())
        ? shown.get().lacking(act, file, run.getWorkflowId(), run.getWorkflowType())
        : shown.get().unnamed(act, run.getWorkflowType());
  }

  private void check(ForCall request) {
    List<Optional<String>> differing =
        files.versions().stream().map(version -> version.differing(request)).toList();
    if (differing.stream().allMatch(Optional::isPresent)) {
      refused.add(differing.get(0).orElseThrow() + " differs in " + request);
      throw FakeHost.failure(FailureCode.CLUSTER_FILE_DIFFERS, refused.get(0));
    }
  }

  /** Every refusal. */
  List<String> refused() {
    return List.copyOf(refused);
  }
}
