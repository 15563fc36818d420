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
 * Each attempt opens a connection of its own: a frozen server may yet answer an old one.
 */
@ActivityInterface
public interface KnockActivities {

  /**
   * Connects so often; each attempt begins a second after the one before, and takes a second at
   * most for the connection and as long for what is said on it. It never fails for what the server
   * does, or leaves undone: that is what is reported.
   */
  Knocked observeKnocked(Knock request);

  /**
   * Connects twice a second until nothing was heard of a server for a while, or until it says that
   * it is a standby. A server that says anything else, also that it accepts no client, was heard.
   * That no address is known for its host is neither a word nor silence. A try that comes after a
   * lost one counts anew. Each attempt that finds it writing asks for its position too. A watch
   * that is to end once it hears the server comes to HEARD by the first word of it; one whose time
   * is over while nothing is heard goes on until that was long enough or is over.
   */
  Watched awaitSilence(Watch request);

  /**
   * Connects once a second until the server has accepted writes at every attempt for a while.
   * Anything else it says, that it is in recovery or accepts no client, counts as not yet back.
   */
  Returned awaitReturn(Return request);

  /**
   * The server whose return is awaited.
   *
   * @param writesFor how long it must have accepted writes
   * @param atMost how long it is awaited
   */
  record Return(
      Call call, DatabaseAccess access, Server server, Duration writesFor, Duration atMost)
      implements ForCall {}

  /**
   * How it ended.
   *
   * @param back whether it accepts writes again; else the time was over
   * @param words what was said last, for people
   */
  record Returned(boolean back, String words) {}

  /**
   * What is watched.
   *
   * @param silentFor how long nothing must have been heard
   * @param atMost how long it is watched
   * @param everyMillis how long after an attempt the next one begins; 0 for half a second
   * @param untilHeard whether a word of it ends the watch
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
   * How it ended.
   *
   * @param words what was said last, for people
   * @param last where it wrote when it was heard last; one, or none
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
   * Where a primary wrote when it was heard last.
   *
   * @param beforeMillis how long before nothing was heard of it any more, or before the watch ended
   */
  record LastWrite(SystemIdentifier system, TimelineId timeline, Lsn position, long beforeMillis) {}

  /** The result of a watch. */
  enum Came {
    /** Nothing was heard of it for as long as was asked. */
    SILENT,
    /** The server is in recovery: another one is the primary. */
    STANDS_BY,
    /** The server was heard to the end, or at all if that was asked. */
    HEARD
  }

  /**
   * The server to connect to.
   *
   * @param times how often, one after another
   */
  record Knock(Call call, DatabaseAccess access, Server server, int times) implements ForCall {}

  /**
   * The result.
   *
   * @param knocks the attempts, in their order
   * @param machine on which that was, by the boot of its kernel and its network namespace; {@link
   *     Knocked#NO_MACHINE} if that can't be read, and empty in histories of releases that did not
   *     ask
   */
  record Knocked(
      List<Seen> knocks,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String machine) {
    /** For all of which nothing is known it is one and the same. */
    public static final String NO_MACHINE = "not known";

    public Knocked {
      knocks = List.copyOf(knocks);
    }
  }

  /**
   * The result of one attempt.
   *
   * @param words what was said, for people
   */
  record Seen(Witnessed.Database database, String words) {}
}
