package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;

/**
 * The means that make the cut over a fleet's instances consistent: applications let the points be
 * made between two of their transactions. Without it the cut is named, its spread measured.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Barrier.None.class, name = "none"),
  @JsonSubTypes.Type(value = Barrier.Sql.class, name = "sql"),
  @JsonSubTypes.Type(value = Barrier.Command.class, name = "command"),
  @JsonSubTypes.Type(value = Barrier.CommitLock.class, name = "commit-lock")
})
public sealed interface Barrier {

  record None() implements Barrier {}

  /**
   * SQL on one instance, in one session: entered before the points are made, left after.
   *
   * @param instance the arbiter
   * @param enter for example {@code SELECT pg_catalog.pg_advisory_lock(7707)}
   * @param leave for example {@code SELECT pg_catalog.pg_advisory_unlock(7707)}
   * @param timeout lock_timeout and statement_timeout of entering
   */
  record Sql(InstanceId instance, String enter, String leave, Duration timeout)
      implements Barrier {}

  /**
   * A pair of commands on the worker's host; exit status 0 is success.
   *
   * @param enter run before the points are made
   * @param leave run after, also after a failure
   * @param timeout how long entering may take
   */
  record Command(String enter, String leave, Duration timeout) implements Barrier {}

  /**
   * A Greenplum's own: it makes the point of all contents in one call, and holds its two-phase
   * commits meanwhile.
   *
   * @param timeout statement_timeout of that call, so how long commits can be held
   */
  record CommitLock(Duration timeout) implements Barrier {}
}
