package dev.mooring.worker;

import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs by how they ended, of every runbook: counted when the end is reached for the first time,
 * never when a history is replayed. A run that is terminated or times out reaches no end here.
 */
final class RunMetrics extends WorkerInterceptorBase {
  private static final String NAME = "mooring.runs";
  private static final List<String> NO_RUNBOOKS = List.of("Lock", "LockWorkflow", "Notice");

  private final MeterRegistry registry;

  RunMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public WorkflowOutput execute(WorkflowInput input) {
        try {
          WorkflowOutput output = super.execute(input);
          ended(outcome(output.getResult()));
          return output;
        } catch (TemporalFailure failure) {
          ended(outcome(failure));
          throw failure;
        }
      }
    };
  }

  private void ended(String outcome) {
    String runbook = Workflow.getInfo().getWorkflowType();
    if (WorkflowUnsafe.isReplaying() || NO_RUNBOOKS.contains(runbook)) {
      return;
    }
    String cluster =
        Optional.ofNullable(Workflow.getTypedSearchAttributes().get(SearchAttributes.CLUSTER))
            .orElse("");
    Counter.builder(NAME)
        .description("Runs that ended, by how.")
        .tag("cluster", cluster)
        .tag("runbook", runbook)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  private static String outcome(@Nullable Object result) {
    String said =
        Optional.ofNullable(Workflow.getTypedSearchAttributes().get(SearchAttributes.OUTCOME))
            .orElse(Outcome.COMPLETED.failureType());
    if (result instanceof PublishResult publish) {
      said = publish.outcome();
    } else if (result instanceof ConsumeResult consume) {
      said = consume.outcome();
    }
    return said.toLowerCase(Locale.ROOT);
  }

  private static String outcome(TemporalFailure failure) {
    if (failure instanceof CanceledFailure) {
      return "cancelled";
    }
    Outcome outcome = Outcome.FAILED;
    if (failure instanceof ApplicationFailure ended) {
      outcome =
          Arrays.stream(Outcome.values())
              .filter(one -> one.failureType().equals(ended.getType()))
              .findFirst()
              .orElse(Outcome.FAILED);
    }
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
