package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.PrimaryContract;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PrimaryActivities.MarkArchived;
import dev.mooring.port.PrimaryActivities.SetPrimary;
import dev.mooring.port.PrimaryActivities.Wanted;
import dev.mooring.port.ReplicationActivities.ArchiverFiles;
import dev.mooring.port.ReplicationActivities.RefusedWal;
import dev.mooring.postgres.WalFileName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What of the settings and the restart of a primary only servers and hosts can show. */
abstract class PrimariesOfServers extends PrimaryContract {
  private static final Duration TOO_SHORT = Duration.ofMillis(500);

  @Override
  protected abstract StreamingRealWorld world();

  private LabInstance server() {
    return world().lab().instance(EAST);
  }

  private Path configured() {
    return server().dataDirectory().resolve("postgresql.auto.conf");
  }

  private String started() throws SQLException {
    try (Connection connection = world().lab().connect(server());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_postmaster_start_time()")) {
      row.next();
      return row.getString(1);
    }
  }

  /** Its restart ended between the stop and the start, and nobody knows what came of it. */
  private void stopped() {
    set();
    toldToStop();
    world().hands().checkpointer(EAST, Signal.CONT);
    until(() -> steps().look(EAST).process() == ServerProcess.STOPPED);
  }

  private void toldToStop() {
    world().hands().checkpointer(EAST, Signal.STOP);
    refused(FailureCode.STOP_TOO_LONG, () -> restarted(1, TOO_SHORT));
  }

  @Test
  @Tag("all")
  void a_repeated_call_restarts_it_no_second_time() throws SQLException {
    String first = started();
    set();
    restarted(1);
    String second = started();
    assertThat(second).isNotEqualTo(first);
    restarted(1);
    restarted(2);
    reverted();
    assertThat(started()).isEqualTo(second);
  }

  @Test
  @Tag("all")
  void a_restart_that_ended_after_the_stop_goes_on_with_the_start() {
    stopped();
    restarted(2);
    runsWith(true);
    assertThat(reverted().left()).isEqualTo(LEFT);
    runsWith(true);
  }

  @Test
  @Tag("all")
  void one_that_was_stopped_and_not_started_runs_again_with_what_it_had() throws Exception {
    String before = Files.readString(configured());
    stopped();
    assertThat(reverted().changed()).containsExactly("settings", "start");
    runsWith(false);
    assertThat(Files.readString(configured())).isEqualTo(before);
    String started = started();
    assertThat(reverted().changed()).isEmpty();
    assertThat(started()).isEqualTo(started);
  }

  /** No approved plan is asked for that, as no run stops a primary for it. */
  @Test
  @Tag("all")
  void the_undo_of_hot_standby_alone_starts_nothing() {
    stopped();
    SetPrimary other =
        new SetPrimary(
            settings("").call(), steps().on(EAST), List.of(new Wanted("hot_standby", "on")), "");
    assertThat(world().primaries(1).revertPrimarySet(other).changed()).doesNotContain("start");
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(reverted().changed()).contains("start");
  }

  @Test
  @Tag("all")
  void one_that_is_on_its_way_down_is_ended_and_runs_again_with_what_it_had() {
    set();
    toldToStop();
    assertThat(reverted().changed()).containsExactly("settings", "start");
    runsWith(false);
  }

  /** Whoever asks the guard before a start would keep it down for good. */
  @Test
  @Tag("all")
  void one_that_is_stopped_to_be_restarted_is_named_before_it() {
    assertThat(steps().look(EAST).start().guarded()).isFalse();
    set();
    assertThat(steps().look(EAST).start().guarded()).isTrue();
    toldToStop();
    Path mooring = server().host().mooring();
    world()
        .lab()
        .run(
            server().host(),
            mooring.resolve("bin/mooring-guard").toString(),
            server().dataDirectory().toString(),
            mooring.resolve(world().lab().name()).resolve("0.authority").toString(),
            EAST);
    world().hands().checkpointer(EAST, Signal.CONT);
    restarted(2);
    runsWith(true);
  }

  /** Below a mount that is away it would be filled where nobody looks for it. */
  @Test
  @Tag("all")
  void an_archive_is_made_only_in_a_directory_that_is_there() throws IOException {
    Path away = server().dataDirectory().resolveSibling("away");
    Path archive = away.resolve("archive");
    String before = Files.readString(configured());
    refused(
        FailureCode.HOST_REFUSED,
        () -> world().primaries(1).ensurePrimarySet(settings(archive.toString())));
    assertThat(away).doesNotExist();
    assertThat(Files.readString(configured())).isEqualTo(before);
    world().lab().run(server().host(), "mkdir", away.toString());
    assertThat(world().primaries(2).ensurePrimarySet(settings(archive.toString())).changed())
        .containsExactly("archive", "settings");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
        .isEqualTo("rwx------");
  }

  /** As after a rewind, which brings WAL files without their .done. */
  @Test
  @Tag("all")
  void an_archiver_that_fails_at_a_file_which_its_archive_has_goes_on_once_that_is_marked()
      throws Exception {
    Path archive = world().lab().archive(0);
    world()
        .lab()
        .faults()
        .set(0, "archive_command", "test ! -f " + archive + "/%f && cp %p " + archive + "/%f");
    try {
      String file = endsSegment();
      Path done = server().dataDirectory().resolve("pg_wal/archive_status/" + file + ".done");
      Path ready = done.resolveSibling(file + ".ready");
      until(() -> Files.exists(done));
      Files.move(done, ready);
      String next = endsSegment();
      until(() -> !archiver().refusing().isEmpty());
      RefusedWal refused = new RefusedWal(new WalFileName(file), archive.toString());
      assertThat(archiver().refusing()).containsExactly(refused);
      MarkArchived request = new MarkArchived(look(), steps().on(EAST), refused);
      assertThat(world().primaries(1).ensureArchivedMarked(request).whyNot()).isEmpty();
      assertThat(done).exists();
      assertThat(ready).doesNotExist();
      endsSegment();
      until(() -> Files.exists(done.resolveSibling(next + ".done")));
      assertThat(archiver().failed()).isEmpty();
    } finally {
      world().lab().faults().archiveOn(0);
    }
  }

  private ArchiverFiles archiver() {
    return world()
        .replication()
        .observeReadiness(
            new OnServers(look(), world().cluster().policies().database(), List.of(asked())))
        .members()
        .get(0)
        .archiver();
  }

  /** Returns the name of the file that it has ended. */
  private String endsSegment() throws SQLException {
    try (Connection connection = world().lab().connect(server());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pg_walfile_name(pg_switch_wal()) FROM pg_logical_emit_message(false, '',"
                    + " 'x')")) {
      row.next();
      return row.getString(1);
    }
  }
}
