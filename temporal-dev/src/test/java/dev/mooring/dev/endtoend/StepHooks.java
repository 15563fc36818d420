package dev.mooring.dev.endtoend;

import dev.mooring.port.ForCall;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets something go wrong at one moment of a run: right before or right after the first call of a
 * step, in the worker that makes it. Each hook runs once.
 */
final class StepHooks extends WorkerInterceptorBase {
  private final Map<String, Runnable> acts = new ConcurrentHashMap<>();

  void before(Enum<?> step, Runnable act) {
    acts.put(step.name() + ".before", act);
  }

  void after(Enum<?> step, Runnable act) {
    acts.put(step.name() + ".after", act);
  }

  /** True once every hook has run. */
  boolean allRun() {
    return acts.isEmpty();
  }

  void clear() {
    acts.clear();
  }

  private void at(String point) {
    Runnable act = acts.remove(point);
    if (act != null) {
      act.run();
    }
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public ActivityOutput execute(ActivityInput input) {
        Object[] given = input.getArguments();
        if (given.length == 0 || !(given[0] instanceof ForCall call)) {
          return super.execute(input);
        }
        at(call.call().step() + ".before");
        ActivityOutput output = super.execute(input);
        at(call.call().step() + ".after");
        return output;
      }
    };
  }
}
