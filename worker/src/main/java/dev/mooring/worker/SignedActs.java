package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.port.ClusterEntries;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.AuthorisedAct;
import dev.mooring.runbook.PlanApprovals;
import dev.mooring.topology.Cluster;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.common.v1.Payload;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.interceptors.Header;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Lets an {@link AuthorisedAct} be done only for a run that shows the signed approvals of a plan
 * with that act, where this worker's own cluster file wants signatures: whoever writes to the
 * Temporal namespace may schedule the activity without a run of Mooring. A run of this worker shows
 * them in a header of the activity, which is no part of its request. Anything less ends with {@link
 * FailureCode#NOT_APPROVED}.
 */
final class SignedActs extends OwnFileGuard {
  private final DataConverter converter;

  /**
   * @param converter of the worker's client, for headers
   */
  SignedActs(ClusterFiles files, Supplier<WorkflowClient> client, DataConverter converter) {
    super(files, client, FailureCode.NOT_APPROVED);
    this.converter = converter;
  }

  void report(MeterRegistry registry) {
    report(
        registry,
        "mooring.acts.refused",
        "Acts without the signed approvals that the cluster file asks for");
  }

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor calls) {
        super.init(new Showing(calls));
      }
    };
  }

  private final class Showing extends WorkflowOutboundCallsInterceptorBase {
    Showing(WorkflowOutboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public <R> WorkflowOutboundCallsInterceptor.ActivityOutput<R> executeActivity(
        WorkflowOutboundCallsInterceptor.ActivityInput<R> input) {
      return super.executeActivity(
          AuthorisedAct.of(input.getActivityName(), input.getArgs())
              .flatMap(act -> PlanApprovals.ofRun())
              .flatMap(shown -> converter.toPayload(shown))
              .map(shown -> with(shown, input))
              .orElse(input));
    }

    private <R> WorkflowOutboundCallsInterceptor.ActivityInput<R> with(
        Payload shown, WorkflowOutboundCallsInterceptor.ActivityInput<R> input) {
      Map<String, Payload> header = new HashMap<>(input.getHeader().getValues());
      header.put(PlanApprovals.HEADER, shown);
      return new WorkflowOutboundCallsInterceptor.ActivityInput<>(
          input.getActivityName(),
          input.getResultClass(),
          input.getResultType(),
          input.getArgs(),
          input.getOptions(),
          new Header(header));
    }
  }

  @Override
  Optional<String> refusal(Asked asked, ClusterEntries version, String file) {
    String type = asked.activity().getActivityType();
    return AuthorisedAct.of(type, asked.request())
        .filter(act -> act.isSigned(version.cluster(), asked.activity().getWorkflowType()))
        .flatMap(
            act ->
                lacking(act, asked, version.cluster())
                    .map(
                        lacking ->
                            String.format(
                                "%s of %s needs an approval that is signed, by %s: %s. HINT: a"
                                    + " workflow worker of an older release shows none: upgrade all"
                                    + " workers, then start the run again; else no run of Mooring"
                                    + " asks for it",
                                type, act.on(), file, lacking)));
  }

  private Optional<String> lacking(AuthorisedAct act, Asked asked, Cluster file) {
    Payload came = asked.header().getValues().get(PlanApprovals.HEADER);
    if (came == null) {
      return Optional.of("no approval came with it");
    }
    ActivityInfo by = asked.activity();
    try {
      PlanApprovals shown = converter.fromPayload(came, PlanApprovals.class, PlanApprovals.class);
      return shown.run().equals(by.getWorkflowRunId()) || shown.run().equals(originalRun(by))
          ? shown.lacking(act, file, by.getWorkflowId(), by.getWorkflowType())
          : Optional.of("the approval that came with it is of another run");
    } catch (ApplicationFailure notKnown) {
      throw notKnown;
    } catch (RuntimeException forged) {
      return Optional.of(
          "the approval that came with it can't be read: " + forged.getClass().getSimpleName());
    }
  }
}
