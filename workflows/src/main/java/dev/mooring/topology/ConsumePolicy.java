package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How restore points are consumed.
 *
 * @param atMost how long all instances together may take to reach the point (300 s unless set)
 * @param poll accepted for compatibility with the reference tool's configuration; waits are by
 *     event
 * @param decodeWithin how long the WAL up to a point is decoded before a copy moves (10 min unless
 *     set)
 * @param own the interval of a schedule that consumes; none if it is the publish schedule's
 */
public record ConsumePolicy(
    Duration atMost,
    Duration poll,
    Duration decodeWithin,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Duration> own) {

  public ConsumePolicy {
    own = List.copyOf(own);
  }

  /** The interval of a schedule that consumes, if the file has one. */
  public Optional<Duration> every() {
    return own.stream().findFirst();
  }
}
