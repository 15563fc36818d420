package dev.mooring.port;

import dev.mooring.topology.InstanceId;
import java.util.List;

/**
 * One thing that a reading of a member showed, in words that stay the same while it is so: no
 * position and no time is among them.
 *
 * @param words a value of {@link Kind}, or what of the member it is about
 */
public record Sign(Kind kind, InstanceId subject, String words) {
  /** {@link Kind#ROLE} of one that accepts writes. */
  public static final String ACCEPTS_WRITES = "accepts-writes";

  /** {@link Kind#ROLE} of one in recovery. */
  public static final String STANDS_BY = "stands-by";

  /** {@link Kind#HOST} of one whose host answers. */
  public static final String ANSWERS = "answers";

  /** {@link Kind#RECEIVER} of one that streams. */
  public static final String STREAMS = "streams";

  /** {@link Kind#STANDBYS} of one from which a member streams. */
  public static final String SOME = "some";

  /** {@link Kind#REPLAY} of one that is not paused. */
  public static final String REPLAYS = "replays";

  /** {@link Kind#ARCHIVER} of one that archives. */
  public static final String ARCHIVES = "archives";

  /** {@link Kind#PROCESS} of a postmaster that runs, and that no file makes a standby. */
  public static final String RUNS = "runs";

  /** What it is a sign of. */
  public enum Kind {
    /** Accepts writes, is a standby, or does not answer over SQL: then the failure's code. */
    ROLE(true, ACCEPTS_WRITES + " " + STANDS_BY),
    SYSTEM(true, ""),
    TIMELINE(true, ""),
    /** Of a standby that is to stream: streams, or the state of its receiver. */
    RECEIVER(true, STREAMS),
    /** Of a standby that streams: the address and port of its sender. */
    SENDER(true, ""),
    /** Of a standby: replays, or paused. */
    REPLAY(true, REPLAYS),
    /** Of one that accepts writes: whether any member streams from it. */
    STANDBYS(true, SOME),
    /** Of one that accepts writes: its synchronous_standby_names. */
    WAITS_FOR(true, ""),
    /** Of one that accepts writes: archives, fails, is behind, or could not be read. */
    ARCHIVER(true, ARCHIVES),
    /** Its host answers, or the failure's code. */
    HOST(true, ANSWERS),
    /** By its host: runs, is a standby, or has no postmaster. */
    PROCESS(true, ""),
    /** Which member may write, by the authority file of its host. */
    AUTHORITY(true, ""),
    /** Its settings of a primary, as {@code NAME VALUE}, each but the last with a comma. */
    SETTINGS(true, ""),
    /** A standby of that name has more unconfirmed than is allowed. */
    LAGS(false, ""),
    /** A slot of that name keeps WAL and is not in use. */
    SLOT_UNUSED(false, ""),
    /** A slot of that name keeps more WAL than is allowed. */
    SLOT_LARGE(false, ""),
    /** A slot of that name lost WAL. */
    SLOT_LOST(false, ""),
    /** A standby has WAL to replay, and what it replayed last is older than is allowed. */
    LATE(false, "");

    private final boolean single;
    private final String good;

    Kind(boolean single, String good) {
      this.single = single;
      this.good = good;
    }

    /** Whether a member has one at a time, and another value takes its place. */
    public boolean isSingle() {
      return single;
    }
  }

  /** {@link Kind#SENDER} at that address. */
  public static String sender(String host, int port) {
    return host + ":" + port;
  }

  /** Whether it is a sign of something wrong by itself. */
  public boolean showsTrouble() {
    return !kind.single || (!kind.good.isEmpty() && !List.of(kind.good.split(" ")).contains(words));
  }
}
