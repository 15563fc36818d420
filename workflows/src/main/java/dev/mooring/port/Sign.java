package dev.mooring.port;

import dev.mooring.topology.InstanceId;
import java.util.List;

/**
 * One fact about a member or a site, in words that don't change while the fact holds: they contain
 * no position and no reading of a clock.
 *
 * @param subject an instance; of evidence, the site by its name
 * @param words a value of {@link Kind}, or the object of the fact
 */
public record Sign(Kind kind, InstanceId subject, String words) {
  /** {@link Kind#ROLE} of a member that accepts writes. */
  public static final String ACCEPTS_WRITES = "accepts-writes";

  /** {@link Kind#ROLE} of a member in recovery. */
  public static final String STANDS_BY = "stands-by";

  /** {@link Kind#HOST} of a member whose host answers. */
  public static final String ANSWERS = "answers";

  /** {@link Kind#RECEIVER} of a member that streams. */
  public static final String STREAMS = "streams";

  /** {@link Kind#RECEIVER} of a member that streams and hears nothing from its sender. */
  public static final String SILENT = "silent";

  /**
   * {@link Kind#RECEIVER} of a member that {@link ReplicationActivities.MemberObserved#replaysFirst
   * replays first}.
   */
  public static final String REPLAYS_FIRST = "replays-first";

  /** {@link Kind#STANDBYS} of a member from which a member streams. */
  public static final String SOME = "some";

  /** {@link Kind#REPLAY} of a member that is not paused. */
  public static final String REPLAYS = "replays";

  /** {@link Kind#ARCHIVER} of a member that archives. */
  public static final String ARCHIVES = "archives";

  /** {@link Kind#COMMITS} of a primary whose commits return. */
  public static final String RETURN = "return";

  /** {@link Kind#DISK} of a member whose file systems are not fuller than allowed. */
  public static final String ROOM = "room";

  /** {@link Kind#DISK} of a member whose file systems could not be read. */
  public static final String UNREAD = "unread";

  /** {@link Kind#RESTORE_POINT} and {@link Kind#PROOF} of evidence that is not too old. */
  public static final String IN_TIME = "in-time";

  /** {@link Kind#WAL_END} that is the shutdown checkpoint of a primary. */
  public static final String SHUT_DOWN = "shut-down";

  /** {@link Kind#WAL_END} with any other record: its primary may have crashed. */
  public static final String ANOTHER_RECORD = "another-record";

  /** {@link Kind#WAL_END} of one that received more since the shutdown of its primary. */
  public static final String RECEIVES = "receives";

  /** {@link Kind#PROCESS} of a running postmaster that its files don't show as a standby. */
  public static final String RUNS = "runs";

  /** {@link Kind#PROCESS} without a postmaster. */
  public static final String ORPHANED = "orphaned";

  /**
   * {@link Kind#PROCESS} without a server process, or with one in recovery that a consume started:
   * so a consume changes nothing.
   */
  public static final String NONE = "none";

  /** The kind of fact. */
  public enum Kind {
    /** Accepts writes, is a standby, or does not answer over SQL: then the failure's code. */
    ROLE(true, ACCEPTS_WRITES + " " + STANDS_BY),
    SYSTEM(true, ""),
    TIMELINE(true, ""),
    /** Of a standby that should stream: streams, or the state of its receiver. */
    RECEIVER(true, STREAMS),
    /** Of a standby that should stream: its primary_slot_name. */
    SLOT_NAMED(true, ""),
    /** Its physical slots, joined by commas, with their states. */
    SLOTS(true, ""),
    /** Of a standby that streams: the address and port of its sender. */
    SENDER(true, ""),
    /** Of a standby: replays, or paused. */
    REPLAY(true, REPLAYS),
    /** Of a primary: whether any member streams from it. */
    STANDBYS(true, SOME),
    /**
     * Of a primary, of each name by which a member may stream: whether one of that name streams
     * from it; of others only that they stream, if its commits may wait for them.
     */
    SENDS_TO(false, ""),
    /** Of a primary: its synchronous_standby_names. */
    WAITS_FOR(true, ""),
    /** Of a primary: its synchronous_commit. */
    SYNCHRONOUS_COMMIT(true, ""),
    /** Of a primary: archives, fails, is behind, hangs, or could not be read. */
    ARCHIVER(true, ARCHIVES),
    /** Of a primary: its commits return; or hang, then what they wait for, and what streams. */
    COMMITS(true, RETURN),
    /** Its host answers, or the failure's code. */
    HOST(true, ANSWERS),
    /** By its host: runs, is a standby, is orphaned, or none that a consume did not start. */
    PROCESS(true, ""),
    /** Which member may write, by the authority file of its host. */
    AUTHORITY(true, ""),
    /**
     * Of the file systems of its data and WAL: they have room, could not be read, or the mount
     * points of those that are too full, each with its percentage in steps, joined by commas.
     */
    DISK(true, ROOM),
    /** Of the writer by its host: the boot in which its start guard waits for a permit. */
    NEW_BOOT(true, ""),
    /**
     * Of a standby that streamed until its receiver was gone: what its WAL ends with. It counts at
     * once, until the standby streams again.
     */
    WAL_END(true, ""),
    /** Its settings of a primary, each as {@code NAME VALUE}, joined by commas. */
    SETTINGS(true, ""),
    /** Of a site that may publish: the name of LATEST if it is too old, as that site reads it. */
    RESTORE_POINT(true, IN_TIME),
    /**
     * Of a site that consumes: the name of the point at which it was last proved, if that is too
     * old and a newer one is READY.
     */
    PROOF(true, IN_TIME),
    /** A standby of that name has more unconfirmed WAL than allowed. */
    LAGS(false, ""),
    /** A slot of that name keeps WAL and is not in use. */
    SLOT_UNUSED(false, ""),
    /** A slot of that name keeps more WAL than allowed. */
    SLOT_LARGE(false, ""),
    /** A slot of that name lost WAL. */
    SLOT_LOST(false, ""),
    /** A standby has WAL to replay, and its last replayed transaction is older than allowed. */
    LATE(false, ""),
    /** Recovery cancels queries on a standby again and again. */
    CONFLICTS(false, ""),
    /**
     * A standby that should stream does not, nor does it replay more from the archive: counts after
     * a number of looks of its own.
     */
    NOT_STREAMING(false, "");

    private final boolean single;
    private final String good;

    Kind(boolean single, String good) {
      this.single = single;
      this.good = good;
    }

    /** Whether a member has one at a time, and a new value replaces the old one. */
    public boolean isSingle() {
      return single;
    }
  }

  /** {@link Kind#SENDER} at that address. */
  public static String sender(String host, int port) {
    return host + ":" + port;
  }

  /** A slot of that name in {@link Kind#SLOTS} that lost WAL. */
  public static String lost(String slot) {
    return slot + " lost";
  }

  /** A slot of that name in {@link Kind#SLOTS} that keeps no WAL yet. */
  public static String unused(String slot) {
    return slot + " unused";
  }

  /** A slot of that name in {@link Kind#SLOTS} that a receiver uses. */
  public static String used(String slot) {
    return slot + " used";
  }

  /** {@link Kind#SENDS_TO} of a standby of that name that streams. */
  public static String streams(String name) {
    return STREAMS + " " + name;
  }

  /** {@link Kind#SENDS_TO} of a name by which no standby streams. */
  public static String absent(String name) {
    return NONE + " " + name;
  }

  /**
   * What the fact is about beside its subject. A member has one at a time of each kind about the
   * same, and a new value replaces the old one.
   */
  public String about() {
    if (kind == Kind.SENDS_TO) {
      return words.substring(words.indexOf(' ') + 1);
    }
    return kind.single ? "" : words;
  }

  /** Whether the fact alone shows a problem. */
  public boolean showsTrouble() {
    return kind.single
        ? !kind.good.isEmpty() && !List.of(kind.good.split(" ")).contains(words)
        : kind != Kind.SENDS_TO;
  }
}
