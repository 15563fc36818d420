package dev.mooring.fake;

import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import java.time.Instant;

/**
 * One record of a content's WAL.
 *
 * @param timeline the timeline it was written on
 * @param start where it begins
 * @param end where the next one may begin
 * @param kind what it is
 * @param name a restore point's name, a distributed transaction's gid, else empty
 * @param at when it was made, by the clock of the server that made it
 */
record WalRecord(TimelineId timeline, Lsn start, Lsn end, Kind kind, String name, Instant at) {

  /** What replay does about it. */
  enum Kind {
    DATA,
    RESTORE_POINT,
    CHECKPOINT,
    SWITCH,
    /** Of a segment: a distributed transaction is prepared. */
    PREPARE,
    /** Of the coordinator: it is committed. */
    DISTRIBUTED_COMMIT
  }
}
