package dev.mooring.dev.replay;

import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records the activities that the replayed run calls, in order, and how it ends. */
final class ReplayedActs extends WorkerInterceptorBase {
  /** The ending of a run that answered. */
  static final String COMPLETED = "completed";

  private final List<Act> acts = new ArrayList<>();
  private String ending = "";

  /**
   * A call of an activity.
   *
   * @param name its type
   * @param input its input; null if it has none
   */
  record Act(String name, @Nullable Object input) {}

  void clear() {
    acts.clear();
    ending = "";
  }

  List<Act> acts() {
    return List.copyOf(acts);
  }

  /** {@code completed} or the type of its failure; empty when it did not end. */
  String ending() {
    return ending;
  }

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor outbound) {
        super.init(noting(outbound));
      }

      @Override
      public WorkflowOutput execute(WorkflowInput input) {
        try {
          WorkflowOutput output = super.execute(input);
          ending = COMPLETED;
          return output;
        } catch (ApplicationFailure failed) {
          ending = failed.getType();
          throw failed;
        }
      }
    };
  }

  private WorkflowOutboundCallsInterceptor noting(WorkflowOutboundCallsInterceptor next) {
    return new WorkflowOutboundCallsInterceptorBase(next) {
      @Override
      public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
        Object[] given = input.getArgs();
        acts.add(new Act(input.getActivityName(), given.length == 0 ? null : given[0]));
        return super.executeActivity(input);
      }
    };
  }
}
