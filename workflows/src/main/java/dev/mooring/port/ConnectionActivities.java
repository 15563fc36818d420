package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.DatabaseAccess;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/**
 * Connects to the database of a primary that may be gone, from the worker that serves the call.
 * Each attempt opens its own connection: a frozen server may still answer an old one.
 */
@ActivityInterface
public interface ConnectionActivities {

  /**
   * Connects that many times; each attempt begins one second after the one before, and takes at
   * most one second for the connection and one for the answer. It never fails because of what the
   * server does: that is the result.
   */
  ConnectionTried observeConnection(TryConnection request);

  /**
   * Connects twice a second until nothing was heard of the server for a while, or it reports that
   * it is a standby. Any other answer counts as heard, even that it accepts no client. A missing
   * address for its host is neither an answer nor silence. If a worker is lost, the call that
   * replaces it counts from the beginning. Each attempt that finds the server accepting writes also
   * reads its position. With {@code untilHeard} the watch ends with HEARD at the first answer. If
   * the time is over during a silence, the watch continues until the silence was long enough or
   * ends.
   */
  Watched awaitSilence(Watch request);

  /**
   * Connects once a second until the server has accepted writes in every attempt for a while. Any
   * other answer, such as in recovery, counts as not yet back.
   */
  Returned awaitReturn(Return request);

  /**
   * The server whose return is awaited.
   *
   * @param writesFor how long it must have accepted writes
   * @param atMost the time limit
   */
  record Return(
      Call call, DatabaseAccess access, Server server, Duration writesFor, Duration atMost)
      implements ForCall {}

  /**
   * The result.
   *
   * @param back whether it accepts writes again; otherwise the time is over
   * @param words the last answer, for people
   */
  record Returned(boolean back, String words) {}

  /**
   * The watch of a server.
   *
   * @param silentFor the silence after which it ends
   * @param atMost its time limit
   * @param everyMillis from one attempt to the next; 0 for half a second
   * @param untilHeard whether an answer ends the watch
   */
  record Watch(
      Call call,
      DatabaseAccess access,
      Server server,
      Duration silentFor,
      Duration atMost,
      long everyMillis,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean untilHeard)
      implements ForCall {}

  /**
   * The result.
   *
   * @param words the last answer, for people
   * @param last the position at its last answer; one, or none
   */
  record Watched(
      Came came,
      String words,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<LastWrite> last) {
    public Watched {
      last = List.copyOf(last);
    }
  }

  /**
   * The position of a primary at its last answer.
   *
   * @param beforeMillis how long before the silence, or before the end of the watch
   */
  record LastWrite(SystemIdentifier system, TimelineId timeline, Lsn position, long beforeMillis) {}

  /** The result of a watch. */
  enum Came {
    /** Nothing was heard of it for that long. */
    SILENT,
    /** The server is in recovery: another one is the primary. */
    STANDS_BY,
    /** The server answered to the end, or once if that ends the watch. */
    HEARD
  }

  /**
   * The server to connect to.
   *
   * @param times how many attempts, one after another
   */
  record TryConnection(Call call, DatabaseAccess access, Server server, int times)
      implements ForCall {}

  /**
   * The result.
   *
   * @param attempts the attempts in order
   * @param machine the machine that connected, by the boot id of its kernel and its network
   *     namespace; {@link ConnectionTried#NO_MACHINE} if that can't be read, and empty in histories
   *     of releases that did not read it
   */
  record ConnectionTried(
      List<Seen> attempts,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String machine) {
    /** All witnesses without a known machine count as one machine. */
    public static final String NO_MACHINE = "not known";

    public ConnectionTried {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * The result of one attempt.
   *
   * @param words the answer, for people
   */
  record Seen(Witnessed.Database database, String words) {}
}
