package dev.mooring.worker;

import dev.mooring.port.ForCall;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.MDC;

/**
 * What the log lines of an activity carry beside the workflow and run that the SDK puts there:
 * cluster, step and epoch.
 */
final class CallLabels {
  private final List<MDC.MDCCloseable> set = new ArrayList<>();

  CallLabels(Object[] arguments) {
    if (arguments.length > 0 && arguments[0] instanceof ForCall request) {
      put("cluster", request.call().cluster().value());
      put("step", request.call().step());
      put("epoch", request.call().epoch().toString());
    }
  }

  private void put(String label, String value) {
    set.add(MDC.putCloseable(label, value));
  }

  /** Takes them off the thread again. */
  void close() {
    set.forEach(MDC.MDCCloseable::close);
  }
}
