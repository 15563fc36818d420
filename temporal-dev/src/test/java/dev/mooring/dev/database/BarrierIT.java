package dev.mooring.dev.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.evidence.Cut;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.topology.Barrier;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds applications off while a point is made, and what happens when it can't. */
@Tag("all")
class BarrierIT {
  private static final String WAITING =
      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
  private static final String HELD =
      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'"
          + " AND granted";
  private static final String SHARE = "SELECT pg_advisory_xact_lock_shared(7707)";
  private static final String TRY_TO_SHARE = "SELECT pg_try_advisory_xact_lock_shared(7707)";
  private static final Duration LONG = Duration.ofSeconds(30);

  /** Is waited for to its end, and long enough for a busy machine to come into the barrier. */
  private static final Duration SHORT = Duration.ofSeconds(5);

  private static Lab lab;
  private static Fleet fleet;
  private static JdbcDatabaseActivities databases;
  private static LabInstance arbiter;

  @BeforeAll
  static void up() {
    lab = Lab.up(LabPlan.fleet(3).named("barrier"));
    fleet = new Fleet(lab);
    arbiter = lab.instance("east-0");
    databases =
        new JdbcDatabaseActivities(
            name -> Optional.ofNullable(lab.environment().get(name)), Path.of("/nonexistent"));
  }

  @AfterAll
  static void down() {
    databases.close();
    lab.close();
  }

  @Test
  void a_point_waits_for_the_transfers_under_way() throws Exception {
    try (Connection transfer = transaction(arbiter, SHARE)) {
      CompletableFuture<PointMade> point = inBackground(fleet.primaries(), Fleet.barrier(LONG));
      fleet.awaitAnswer(arbiter, WAITING, "1");
      assertThat(point).isNotDone();
      transfer.commit();
      assertThat(point.get().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
    }
    assertThat(fleet.ask(arbiter, HELD)).isEqualTo("0");
  }

  @Test
  void a_transfer_is_held_off_inside_the_barrier_and_goes_on_after() throws Exception {
    LabInstance other = lab.instance("east-1");
    try (Connection preparing = transaction(other, "UPDATE lab.probe SET n = n + 1");
        Connection transfer = transaction(arbiter, "SELECT 1")) {
      preparing.createStatement().execute("PREPARE TRANSACTION 'half_a_transfer'");
      CompletableFuture<PointMade> point = inBackground(fleet.primaries(), Fleet.barrier(LONG));
      fleet.awaitAnswer(arbiter, HELD, "1");
      assertThat(Fleet.ask(transfer, TRY_TO_SHARE)).isEqualTo("f");
      assertThat(point).isNotDone();
      preparing.setAutoCommit(true);
      preparing.createStatement().execute("COMMIT PREPARED 'half_a_transfer'");
      assertThat(point.get().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
      assertThat(Fleet.ask(transfer, TRY_TO_SHARE)).isEqualTo("t");
    }
  }

  @Test
  void a_barrier_that_is_not_reached_names_who_holds_it_and_lets_others_go() throws Exception {
    try (Connection holder = transaction(arbiter, "SET application_name = 'payroll'")) {
      String pid = Fleet.ask(holder, "SELECT pg_backend_pid()");
      Fleet.ask(holder, SHARE);
      CompletableFuture<PointMade> point = inBackground(fleet.primaries(), Fleet.barrier(SHORT));
      fleet.awaitAnswer(arbiter, WAITING, "1");
      try (Connection next = transaction(arbiter, "SELECT 1")) {
        long from = System.nanoTime();
        Fleet.ask(next, SHARE);
        assertThat(Duration.ofNanos(System.nanoTime() - from))
            .isLessThan(ThisMachine.takes(SHORT.multipliedBy(3)));
      }
      assertThat(failureOf(point))
          .satisfies(failure -> assertThat(failure.getType()).isEqualTo("BARRIER_NOT_REACHED"))
          .satisfies(failure -> assertThat(failure.isNonRetryable()).isFalse())
          .satisfies(
              failure ->
                  assertThat(failure.getOriginalMessage())
                      .contains("nothing was made")
                      .contains("blocked by pid " + pid + " (payroll)")
                      .contains("idle in transaction"));
    }
  }

  @Test
  void a_prepared_transaction_that_stays_is_named() throws Exception {
    LabInstance other = lab.instance("east-2");
    try (Connection preparing = transaction(other, "UPDATE lab.probe SET n = n + 1")) {
      preparing.createStatement().execute("PREPARE TRANSACTION 'forgotten'");
      preparing.setAutoCommit(true);
      ApplicationFailure failure = failureOf(inBackground(fleet.primaries(), Fleet.barrier(SHORT)));
      assertThat(failure.getType()).isEqualTo("BARRIER_NOT_REACHED");
      assertThat(failure.getOriginalMessage())
          .contains("1 prepared on east-2")
          .contains("'forgotten' of postgres");
      assertThat(fleet.ask(arbiter, HELD)).isEqualTo("0");
      preparing.createStatement().execute("ROLLBACK PREPARED 'forgotten'");
    }
  }

  @Test
  void production_is_let_go_in_time_when_a_primary_does_not_answer() throws Exception {
    LabInstance silent = lab.instance("east-1");
    try (Tap tap = tap(silent, () -> false)) {
      CompletableFuture<PointMade> point =
          inBackground(fleet.primariesThrough(tap, silent), Fleet.barrier(SHORT));
      tap.awaitReacted();
      try (Connection transfer = transaction(arbiter, SHARE)) {
        assertThat(transfer.isClosed()).isFalse();
      }
      ApplicationFailure failure = failureOf(point);
      assertThat(failure.getType()).isEqualTo("BARRIER_NOT_REACHED");
      assertThat(failure.getOriginalMessage())
          .contains("is abandoned")
          .contains(SHORT + " were over");
    }
  }

  @Test
  void a_point_is_half_made_when_a_primary_dies_and_the_next_one_is_whole() throws Exception {
    LabInstance dying = lab.instance("east-1");
    PointMade before =
        databases.ensureRestorePoint(fleet.point(fleet.primaries(), new Barrier.None()));
    try (Tap tap = tap(dying, () -> killed(dying))) {
      ApplicationFailure failure =
          failureOf(inBackground(fleet.primariesThrough(tap, dying), new Barrier.None()));
      assertThat(failure.getType()).isEqualTo("RESTORE_POINT_HALF_MADE");
      assertThat(failure.isNonRetryable()).isFalse();
      assertThat(failure.getOriginalMessage())
          .contains("is abandoned: made on content 0, content 2")
          .contains("on content 1 (east-1: ")
          .doesNotContain(before.name().value());
      tap.awaitReacted();
    }
    lab.start(dying);
    PointMade after =
        databases.ensureRestorePoint(fleet.point(fleet.primaries(), new Barrier.None()));
    assertThat(after.contents()).hasSize(3);
    assertThat(after.contents().get(1).owner().startedAt())
        .isAfter(before.contents().get(1).owner().startedAt());
  }

  @Test
  void commands_enter_and_always_leave(@TempDir Path directory) throws Exception {
    Path trace = directory.resolve("trace");
    Barrier.Command good = new Barrier.Command("echo in >> " + trace, "echo out >> " + trace, LONG);
    PointMade point = databases.ensureRestorePoint(fleet.point(fleet.primaries(), good));
    assertThat(point.cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
    assertThat(Files.readString(trace)).isEqualTo("in\nout\n");

    Barrier.Command refusing =
        new Barrier.Command("echo no room >&2; exit 3", "echo left >> " + trace, LONG);
    assertThatThrownBy(() -> databases.ensureRestorePoint(fleet.point(fleet.primaries(), refusing)))
        .hasMessageContaining("enter command ended with status 3: no room");
    Barrier.Command hanging = new Barrier.Command("sleep 60", "echo left >> " + trace, SHORT);
    assertThatThrownBy(() -> databases.ensureRestorePoint(fleet.point(fleet.primaries(), hanging)))
        .hasMessageContaining("enter command did not end within PT");
    assertThat(Files.readString(trace)).isEqualTo("in\nout\nleft\nleft\n");
  }

  private static Tap tap(LabInstance instance, Tap.Reaction reaction) throws Exception {
    return new Tap(
        instance.host().address(), instance.port(), "pg_create_restore_point('", reaction);
  }

  /** Kills the server and lets nothing through. */
  private static boolean killed(LabInstance instance) {
    lab.faults().signal(instance, Signal.KILL);
    return false;
  }

  private static Connection transaction(LabInstance instance, String sql) throws SQLException {
    Connection connection = lab.connect(instance);
    connection.setAutoCommit(false);
    connection.createStatement().execute(sql);
    return connection;
  }

  private static CompletableFuture<PointMade> inBackground(List<Server> servers, Barrier barrier) {
    return CompletableFuture.supplyAsync(
        () -> databases.ensureRestorePoint(fleet.point(servers, barrier)));
  }

  private static ApplicationFailure failureOf(CompletableFuture<PointMade> point)
      throws InterruptedException {
    try {
      throw new AssertionError("made all the same: " + point.get());
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof ApplicationFailure failure) {
        return failure;
      }
      throw new AssertionError("not a failure of the adapter's own", failed);
    }
  }
}
