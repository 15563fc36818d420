package dev.mooring.worker;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a worker can do its work now.
 *
 * @param serving whether it takes tasks from its queues
 * @param temporal the Temporal service's own state, or why it did not answer
 * @param queues the queues
 */
record Health(boolean serving, String temporal, List<String> queues) {
  static final String TEMPORAL_SERVES = "SERVING";

  boolean ready() {
    return serving && temporal.equals(TEMPORAL_SERVES);
  }

  String json() {
    return "{\"ready\":"
        + ready()
        + ",\"serving\":"
        + serving
        + ",\"temporal\":\""
        + temporal.replaceAll("[\"\\\\\\p{Cntrl}]", " ")
        + "\",\"queues\":["
        + queues.stream().map(queue -> "\"" + queue + "\"").collect(Collectors.joining(","))
        + "]}\n";
  }
}
