package dev.mooring.worker;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ForCall;
import dev.mooring.port.OnHost;
import io.temporal.activity.ActivityInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.MDC;

/**
 * The fields that the log lines of an activity carry beside the SDK's own: cluster, run, runbook,
 * step and epoch of its call, the site of its queue, its attempt, and its host and instances.
 */
final class CallLabels {
  private static final int INSTANCES_AT_MOST = 8;

  private final List<MDC.MDCCloseable> set = new ArrayList<>();

  CallLabels(ActivityInfo activity, Object[] arguments) {
    put("runbook", activity.getWorkflowType());
    put("attempt", Integer.toString(activity.getAttempt()));
    String queue = activity.getActivityTaskQueue();
    if (queue.startsWith(ActivityPolicies.SHARED_QUEUE + "-")) {
      put("site", ActivityPolicies.siteOf(queue).value());
    }
    if (arguments.length > 0 && arguments[0] instanceof ForCall request) {
      put("cluster", request.call().cluster().value());
      put("run", request.call().run());
      put("step", request.call().step());
      put("epoch", request.call().epoch().toString());
    }
    if (arguments.length > 0 && arguments[0] instanceof OnHost request) {
      put("host", request.on().host().name().value());
      put("instance", instances(request));
    }
  }

  /** A host may have hundreds of instances; the first ones identify it. */
  private static String instances(OnHost request) {
    int more = request.on().instances().size() - INSTANCES_AT_MOST;
    return request.on().instances().stream()
        .limit(INSTANCES_AT_MOST)
        .map(instance -> instance.id().value())
        .collect(Collectors.joining(",", "", more > 0 ? " and " + more + " more" : ""));
  }

  private void put(String label, String value) {
    set.add(MDC.putCloseable(label, value));
  }

  /** Takes them off the thread again. */
  void close() {
    set.forEach(MDC.MDCCloseable::close);
  }
}
