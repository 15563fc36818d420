package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.port.ClusterEntries;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ForCall;
import dev.mooring.runbook.AuthorisedAct;
import dev.mooring.runbook.PlanApprovals;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.Header;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets an {@link AuthorisedAct} be done only for a run that shows the signed approvals of a plan
 * with that act, where this worker's own cluster file wants signatures: whoever writes to the
 * Temporal namespace may schedule the activity without a run of Mooring. A run of this worker shows
 * them in a header of the activity, which is no part of its request. Anything less ends with {@link
 * FailureCode#NOT_APPROVED} before anything is done.
 */
final class SignedActs extends WorkerInterceptorBase {
  private static final Logger log = LoggerFactory.getLogger(SignedActs.class);

  private final ClusterFiles files;
  private final OwnEntries began;
  private final DataConverter converter;
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param began says when a run began, and as which
   * @param converter of the worker's client, for headers
   */
  SignedActs(ClusterFiles files, OwnEntries began, DataConverter converter) {
    this.files = files;
    this.began = began;
    this.converter = converter;
  }

  /** Counts refusals there. */
  void report(MeterRegistry registry) {
    FunctionCounter.builder("mooring.acts.refused", refused, AtomicLong::get)
        .description("Acts without the signed approvals that the cluster file asks for")
        .register(registry);
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

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new Judged(next);
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

  private final class Judged extends ActivityInboundCallsInterceptorBase {
    private @Nullable ActivityInfo activity;

    Judged(ActivityInboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public void init(ActivityExecutionContext context) {
      activity = context.getInfo();
      super.init(context);
    }

    @Override
    public ActivityInboundCallsInterceptor.ActivityOutput execute(
        ActivityInboundCallsInterceptor.ActivityInput input) {
      ActivityInfo of = Objects.requireNonNull(activity);
      AuthorisedAct.of(of.getActivityType(), input.getArguments())
          .ifPresent(
              act ->
                  require(
                      act,
                      ((ForCall) input.getArguments()[0]).call().cluster(),
                      () -> shown(input.getHeader()),
                      of));
      return super.execute(input);
    }
  }

  private Optional<PlanApprovals> shown(Header header) {
    return Optional.ofNullable(header.getValues().get(PlanApprovals.HEADER))
        .map(one -> converter.fromPayload(one, PlanApprovals.class, PlanApprovals.class));
  }

  /** By the file of now, else by one of those that were here after the run began. */
  private void require(
      AuthorisedAct act,
      ClusterName cluster,
      Supplier<Optional<PlanApprovals>> shown,
      ActivityInfo by) {
    Optional<String> lacking = lacking(act, shown, files.entries(cluster).cluster(), by);
    if (lacking.isEmpty()) {
      return;
    }
    Instant since = began.began(by);
    if (files.entriesSince(cluster, since).stream()
        .map(ClusterEntries::cluster)
        .allMatch(file -> lacking(act, shown, file, by).isPresent())) {
      refused.incrementAndGet();
      ApplicationFailure refusal =
          ApplicationFailure.newBuilder()
              .setMessage(
                  String.format(
                      "%s of %s needs an approval that is signed, by the file of cluster %s%s: %s."
                          + " HINT: a workflow worker of an older release shows none: upgrade all"
                          + " workers, then start the run again; else no run of Mooring asks for"
                          + " it",
                      by.getActivityType(), act.on(), cluster, files.whose(), lacking.get()))
              .setType(FailureCode.NOT_APPROVED.name())
              .setNonRetryable(files.isKnownSince(cluster, since))
              .build();
      log.warn(
          "refused {} of {} {}: {}",
          by.getActivityType(),
          by.getWorkflowType(),
          by.getWorkflowId(),
          refusal.getOriginalMessage());
      throw refusal;
    }
  }

  private Optional<String> lacking(
      AuthorisedAct act, Supplier<Optional<PlanApprovals>> header, Cluster file, ActivityInfo by) {
    if (!act.isSigned(file)) {
      return Optional.empty();
    }
    Optional<PlanApprovals> shown = header.get();
    if (shown.isEmpty()) {
      return Optional.of("no approval came with it");
    }
    return shown.get().run().equals(by.getWorkflowRunId())
            || shown.get().run().equals(began.originalRun(by))
        ? shown.get().lacking(act, file, by.getWorkflowId(), by.getWorkflowType())
        : Optional.of("the approval that came with it is of another run");
  }
}
