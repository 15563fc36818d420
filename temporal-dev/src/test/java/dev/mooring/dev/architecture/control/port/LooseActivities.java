package dev.mooring.dev.architecture.control.port;

import io.temporal.activity.ActivityInterface;
import java.util.Map;

/** Carries what loses its type on the way. */
@ActivityInterface
interface LooseActivities {
  Seen observeAll(Seen request);

  /** What was seen. */
  record Seen(Map<String, Object> values) {
    public Seen {
      values = Map.copyOf(values);
    }
  }
}
