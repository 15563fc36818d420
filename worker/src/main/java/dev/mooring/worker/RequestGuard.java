package dev.mooring.worker;

import dev.mooring.port.ForCall;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.Header;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stands before each activity whose request is for a cluster. */
abstract class RequestGuard extends WorkerInterceptorBase {
  /**
   * Throws the failure of the activity if nothing of that may be done.
   *
   * @param header what came beside the request
   */
  abstract void check(ForCall request, ActivityInfo activity, Header header);

  @Override
  public final ActivityInboundCallsInterceptor interceptActivity(
      ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      private @Nullable ActivityInfo activity;

      @Override
      public void init(ActivityExecutionContext context) {
        activity = context.getInfo();
        super.init(context);
      }

      @Override
      public ActivityOutput execute(ActivityInput input) {
        for (Object argument : input.getArguments()) {
          if (argument instanceof ForCall request) {
            check(request, Objects.requireNonNull(activity), input.getHeader());
          }
        }
        return super.execute(input);
      }
    };
  }
}
