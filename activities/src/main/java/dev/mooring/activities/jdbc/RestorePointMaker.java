package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.activities.jdbc.FanOut.Failed;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.EarlierPoint;
import dev.mooring.port.DatabaseActivities.EnsureRestorePoint;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.DatabaseAccess;
import io.temporal.failure.ApplicationFailure;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * A restore point over all contents, of a Greenplum several. Sessions are opened and everything
 * that can refuse is asked before the barrier; inside it there is one message per primary; the
 * barrier is left also after a failure. A point that is not on every content is abandoned with its
 * name, because recovery stops at the first record of a name.
 */
final class RestorePointMaker {
  private static final String SUFFIX_LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int SUFFIX_LENGTH = 6;
  private static final String NOT_YET_DECODED =
      "its archived WAL is not decoded for distributed transactions yet";
  private static final Duration WITHOUT_BARRIER = Duration.ofSeconds(8);

  private final ServerSessions sessions;
  private final SecureRandom random = new SecureRandom();

  RestorePointMaker(ServerSessions sessions) {
    this.sessions = sessions;
  }

  PointMade make(EnsureRestorePoint request) {
    ConcurrentLinkedQueue<Session> open = new ConcurrentLinkedQueue<>();
    try {
      List<Answer<Server, ReadyPrimary>> opened =
          FanOut.over(request.primaries(), server -> ready(server, request.access(), open));
      List<Failed<Server, ReadyPrimary>> unready = FanOut.failures(opened);
      if (!unready.isEmpty()) {
        throw notBegun(unready);
      }
      List<ReadyPrimary> primaries = FanOut.values(opened);
      return request.barrier() instanceof Barrier.CommitLock lock
          ? makeByItself(primaries, request, lock)
          : makeOn(primaries, request, RestorePointName.syncPoint(request.at(), suffix()));
    } finally {
      open.forEach(Session::close);
    }
  }

  private ReadyPrimary ready(
      Server server, DatabaseAccess access, ConcurrentLinkedQueue<Session> open)
      throws DatabaseFault {
    Session session = sessions.warm(server, access);
    open.add(session);
    ServerObserved seen = ServerReading.of(server.instance().id(), session);
    if (seen.position().inRecovery()) {
      throw new DatabaseFault(FailureCode.NO_PRIMARY, "it is in recovery, not a primary");
    }
    boolean permitted =
        session.row(
            "SELECT has_function_privilege('pg_create_restore_point(text)', 'EXECUTE') AS may",
            While.READING,
            row -> row.getBoolean("may"));
    if (!permitted) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "role "
              + access.user()
              + " may not execute pg_create_restore_point(text) in database "
              + access.database()
              + ". HINT: GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text) TO "
              + access.user());
    }
    return new ReadyPrimary(server, session, seen);
  }

  /**
   * A Greenplum makes the points of all its contents itself; its own lock is the barrier. Commits
   * wait while the call waits for the lock: a call that did not get it in time is not tried again
   * in this run, nor is a call whose answer can't be read, because each attempt leaves its records.
   */
  private PointMade makeByItself(
      List<ReadyPrimary> primaries, EnsureRestorePoint request, Barrier.CommitLock lock) {
    GreenplumPoint point = new GreenplumPoint(sessions, request.access(), primaries);
    List<RestorePointName> names = names(request);
    try {
      return madeByItself(point.make(names, lock.timeout()), lock);
    } catch (DatabaseFault fault) {
      if (fault.code() == FailureCode.BARRIER_NOT_REACHED) {
        throw ApplicationFailure.newNonRetryableFailure(
            names.get(0) + " is abandoned: " + fault.sentence(), fault.code().name());
      }
      throw failure(
          fault.code(),
          (point.asked() ? names.get(0) + " is abandoned: " : "nothing was made: ")
              + fault.sentence());
    }
  }

  /** One suffix in each attempt; a number behind it keeps names in the order of the points. */
  private List<RestorePointName> names(EnsureRestorePoint request) {
    String suffix = suffix();
    List<RestorePointName> names = new ArrayList<>();
    names.add(RestorePointName.syncPoint(request.at(), suffix));
    for (int n = 2; n <= DatabaseActivities.POINTS_OF_A_GREENPLUM; n++) {
      names.add(RestorePointName.syncPoint(request.at(), suffix + n));
    }
    return names;
  }

  private static PointMade madeByItself(GreenplumPoint.Made made, Barrier.CommitLock lock) {
    List<EarlierPoint> points = new ArrayList<>();
    for (GreenplumPoint.Point one : made.points()) {
      PointMade point = made(one.name(), lock, one.shots());
      points.add(
          new EarlierPoint(
              point.name(),
              point.cut().as(Cut.Kind.UNPROVED, NOT_YET_DECODED),
              withEnds(point.contents(), one.shots(), made.ends())));
    }
    EarlierPoint newest = points.remove(points.size() - 1);
    return new PointMade(newest.name(), newest.cut(), newest.contents(), points, made.noMore());
  }

  private static List<ContentEvidence> withEnds(
      List<ContentEvidence> contents, List<PointVolley.Shot> shots, List<Lsn> ends) {
    List<ContentEvidence> with = new ArrayList<>();
    for (ContentEvidence content : contents) {
      for (int i = 0; i < shots.size(); i++) {
        if (shots.get(i).made().target().equals(content.target())) {
          with.add(content.withTransactionsLsn(ends.get(i)));
        }
      }
    }
    return with;
  }

  private PointMade makeOn(
      List<ReadyPrimary> primaries, EnsureRestorePoint request, RestorePointName name) {
    PointVolley volley = new PointVolley(primaries, name);
    try {
      if (request.barrier() instanceof Barrier.None) {
        volley.fire();
        volley.answeredBy(Deadline.in(WITHOUT_BARRIER));
      } else {
        insideBarrier(primaries, request, volley);
      }
    } catch (DatabaseFault barrier) {
      volley.drain();
      throw failure(
          barrier.code(),
          volley.wasFired()
              ? name + " is abandoned: " + barrier.sentence()
              : "nothing was made: " + barrier.sentence());
    }
    List<Answer<ReadyPrimary, PointVolley.Shot>> answers = volley.drain();
    if (!FanOut.failures(answers).isEmpty()) {
      throw halfMade(name, answers);
    }
    return made(name, request.barrier(), FanOut.values(answers));
  }

  private void insideBarrier(
      List<ReadyPrimary> primaries, EnsureRestorePoint request, PointVolley volley)
      throws DatabaseFault {
    PointBarrier barrier = barrier(request);
    barrier.prepare();
    Deadline deadline = Deadline.in(timeout(request.barrier()));
    barrier.enter(deadline);
    boolean inTime;
    try {
      PreparedTransactions.awaitNone(primaries, deadline);
      volley.fire();
      inTime = volley.answeredBy(deadline);
    } catch (DatabaseFault | RuntimeException notMade) {
      leaveAfter(barrier, notMade);
      throw notMade;
    }
    if (!inTime) {
      DatabaseFault late =
          new DatabaseFault(
              FailureCode.BARRIER_NOT_REACHED,
              "a content had not answered when the barrier's " + deadline.given() + " were over");
      leaveAfter(barrier, late);
      throw late;
    }
    barrier.leave();
  }

  private static void leaveAfter(PointBarrier barrier, Exception first) {
    try {
      barrier.leave();
    } catch (DatabaseFault second) {
      first.addSuppressed(second);
    }
  }

  private PointBarrier barrier(EnsureRestorePoint request) {
    if (request.barrier() instanceof Barrier.Command command) {
      return new CommandBarrier(command);
    }
    Barrier.Sql sql = (Barrier.Sql) request.barrier();
    Server arbiter =
        request.primaries().stream()
            .filter(server -> server.instance().id().equals(sql.instance()))
            .findFirst()
            .orElseThrow(
                () ->
                    failure(
                        FailureCode.CLUSTER_FILE,
                        "the barrier's instance "
                            + sql.instance()
                            + " is none of the published primaries"));
    return new SqlBarrier(sessions, arbiter, request.access(), sql);
  }

  private static Duration timeout(Barrier barrier) {
    return barrier instanceof Barrier.Sql sql
        ? sql.timeout()
        : ((Barrier.Command) barrier).timeout();
  }

  private static PointMade made(
      RestorePointName name, Barrier barrier, List<PointVolley.Shot> shots) {
    long sent = shots.stream().mapToLong(PointVolley.Shot::sentNanos).min().orElseThrow();
    long answered = shots.stream().mapToLong(PointVolley.Shot::answeredNanos).max().orElseThrow();
    boolean atomic = shots.size() == 1 || !(barrier instanceof Barrier.None);
    Cut cut =
        new Cut(
            atomic ? Cut.Kind.ATOMIC : Cut.Kind.NAMED,
            Duration.ofNanos(answered - sent + 999_999).toMillis());
    List<ContentEvidence> contents =
        shots.stream()
            .map(RestorePointMaker::evidence)
            .sorted(Comparator.comparing(evidence -> evidence.target().content()))
            .toList();
    return new PointMade(name, cut, contents);
  }

  private static ContentEvidence evidence(PointVolley.Shot shot) {
    Server server = shot.primary().server();
    return new ContentEvidence(
        shot.made().target(),
        new ContentEvidence.Owner(
            server.instance().id(),
            server.instance().host(),
            server.instance().port(),
            shot.primary().seen().identity().version(),
            shot.made().startedAt(),
            server.instance().dbid()),
        shot.made().clock(),
        shot.made().target().lsn(),
        shot.primary().seen().archiving().limits(),
        shot.primary().seen().needs());
  }

  private static ApplicationFailure notBegun(List<Failed<Server, ReadyPrimary>> unready) {
    String sentences =
        unready.stream()
            .map(failed -> failed.item().instance().id() + ": " + failed.fault().sentence())
            .collect(Collectors.joining("; "));
    return failure(unready.get(0).fault().code(), "nothing was made: " + sentences);
  }

  private static ApplicationFailure halfMade(
      RestorePointName name, List<Answer<ReadyPrimary, PointVolley.Shot>> answers) {
    List<String> made = new ArrayList<>();
    List<String> not = new ArrayList<>();
    for (Answer<ReadyPrimary, PointVolley.Shot> answer : answers) {
      String content = "content " + answer.item().server().instance().content();
      if (answer instanceof Failed<ReadyPrimary, PointVolley.Shot> failed) {
        not.add(content + " (" + answer.item().id() + ": " + failed.fault().sentence() + ")");
      } else {
        made.add(content);
      }
    }
    return failure(
        FailureCode.RESTORE_POINT_HALF_MADE,
        name
            + " is abandoned: made on "
            + (made.isEmpty() ? "no content" : String.join(", ", made))
            + "; not, or not known to be, on "
            + String.join(", ", not));
  }

  private static ApplicationFailure failure(FailureCode code, String message) {
    return DatabaseFailures.failure(code, message);
  }

  private String suffix() {
    StringBuilder suffix = new StringBuilder();
    for (int i = 0; i < SUFFIX_LENGTH; i++) {
      suffix.append(SUFFIX_LETTERS.charAt(random.nextInt(SUFFIX_LETTERS.length())));
    }
    return suffix.toString();
  }
}
