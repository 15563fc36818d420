package dev.mooring.dev.endtoend;

import dev.mooring.port.ForCall;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets something go wrong at one moment of a run: right before or right after the first call of a
 * step, in the worker that makes it. Each hook runs once; another call of the step, as that of
 * another host, does not pass by while it runs.
 */
final class StepHooks extends WorkerInterceptorBase {
  private final Map<String, Hook> acts = new ConcurrentHashMap<>();

  void before(Enum<?> step, Runnable act) {
    acts.put(step.name() + ".before", new Hook(act));
  }

  void after(Enum<?> step, Runnable act) {
    acts.put(step.name() + ".after", new Hook(act));
  }

  /** True once every hook has run. */
  boolean allRun() {
    return acts.isEmpty();
  }

  void clear() {
    acts.clear();
  }

  private void at(String point) {
    Hook hook = acts.get(point);
    if (hook != null) {
      hook.runOnce();
      acts.remove(point, hook);
    }
  }

  private static final class Hook {
    private final Runnable act;
    private boolean ran;

    Hook(Runnable act) {
      this.act = act;
    }

    synchronized void runOnce() {
      if (!ran) {
        ran = true;
        act.run();
      }
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
