package dev.mooring.authority;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One number per mutating run; it only grows. A host refuses an act that carries a lower one than
 * the highest it has seen, so a worker that was frozen and thawed can't act for a run long over.
 *
 * <p>It is the greater of (highest epoch read on any host + 1) and the workflow's time in
 * milliseconds once the lock is held, so losing Temporal loses no epoch.
 */
public record Epoch(@JsonValue long value) implements Comparable<Epoch> {
  /** What a host that has seen none reports. */
  public static final Epoch NONE = new Epoch(0);

  @JsonCreator
  public Epoch {
    if (value < 0) {
      throw new IllegalArgumentException("epoch must not be negative, got " + value);
    }
  }

  /** The epoch of a run that begins now, after the highest one seen on any host. */
  public static Epoch after(Epoch highestSeen, long workflowMillis) {
    return new Epoch(Math.max(Math.addExact(highestSeen.value, 1), workflowMillis));
  }

  /** The higher of both. */
  public static Epoch higher(Epoch one, Epoch other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  @Override
  public int compareTo(Epoch other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
