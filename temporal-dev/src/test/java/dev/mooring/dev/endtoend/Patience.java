package dev.mooring.dev.endtoend;

import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import java.util.Optional;

/** How long the runs of a stage's own worker wait: as the product's do, unless a test says else. */
final class Patience extends WorkerInterceptorBase {
  private volatile Optional<Impatience> less = Optional.empty();

  /** Runs that begin from now on wait for less long. */
  void only(Impatience other) {
    less = Optional.of(other);
  }

  /** Runs that begin from now on wait as the product's do. */
  void asUsual() {
    less = Optional.empty();
  }

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return less.map(shorter -> shorter.interceptWorkflow(next)).orElse(next);
  }
}
