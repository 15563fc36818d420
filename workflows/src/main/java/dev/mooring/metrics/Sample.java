package dev.mooring.metrics;

import java.time.Instant;
import java.util.List;

/**
 * One value of a metric.
 *
 * @param name the metric's name in Prometheus
 * @param help one sentence about it
 * @param labels the subject of the value
 */
public record Sample(String name, String help, List<Label> labels, double value) {
  private static final double MILLIS = 1000.0;

  public Sample {
    labels = List.copyOf(labels);
  }

  /** A label with its value. */
  public record Label(String name, String value) {}

  /** A time as figures have it: seconds since 1970. */
  public static double seconds(Instant at) {
    return at.toEpochMilli() / MILLIS;
  }
}
