package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What an archive can do to a DrConsume: a WAL file that is missing, cut short, altered or another
 * system's is found before anything starts; an archive that goes away meanwhile is waited for.
 */
@Tag("all")
class WalFaultsIT {
  /** Larger than what is looked at of a file's end, in which one ended early holds nothing. */
  private static final int FILE_BYTES = 2 << 20;

  private static Stage stage;
  private static Sites sites;
  private static String first;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(FILE_BYTES >> 20));
    sites = new Sites(stage.lab);
    first = stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void refuses_a_file_that_was_cut_short() {
    publishOverWalFiles();
    String cut = sites.fileBeforeTarget(1);
    stage.lab.faults().truncateWal(1, cut, 4096);

    refusedFor(stage.consumeFails("latest"), cut + " is 4096 bytes instead of " + FILE_BYTES);
  }

  @Test
  void refuses_a_file_whose_page_header_was_altered() {
    publishOverWalFiles();
    String altered = sites.fileBeforeTarget(1);
    stage.lab.faults().flipByte(1, altered, 0);

    refusedFor(stage.consumeFails("latest"), altered);
  }

  @Test
  void refuses_a_target_file_altered_by_one_byte_behind_its_record() {
    publishOverWalFiles();
    String target = sites.targetFile(1);
    stage.lab.faults().flipByte(1, target, FILE_BYTES - 1);

    refusedFor(stage.consumeFails("latest"), target);
  }

  /** Only the point's own file has a digest; replay can't be taken back once a copy has moved. */
  @Test
  void refuses_a_record_altered_in_the_middle_and_moors_once_it_is_fixed() {
    String second = publishOverWalFiles();
    String altered = sites.fileBeforeTarget(1);
    stage.lab.faults().flipByte(1, altered, 40_000);

    refusedFor(
        stage.consumeFails("latest"), altered + " is there and can't be decoded: pg_waldump: ");
    assertThat(sites.mooredAt()).isEqualTo(first);

    stage.lab.faults().flipByte(1, altered, 40_000);
    assertThat(stage.consume().restorePoint()).isEqualTo(second);
  }

  /** Neither production nor the manifest has it any more; replay makes it all the same. */
  @Test
  void refuses_a_tablespace_made_and_dropped_between_two_points_without_its_directory()
      throws IOException, SQLException {
    Path place = stage.lab.archive(0).resolveSibling("made and dropped");
    makePlace(place);
    try (Connection connection = stage.lab.connect(sites.east(0));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLESPACE passing LOCATION '" + place + "'");
      statement.execute("DROP TABLESPACE passing");
    }
    String second = publishOverWalFiles();
    Files.delete(place);

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("MISSING_ON_HOST");
    assertThat(ending.headline())
        .contains("west-0: tablespace ", " is made in " + place + " on the way to the point");
    assertThat(sites.mooredAt()).isEqualTo(first);
    makePlace(place);
    assertThat(stage.consume().restorePoint()).isEqualTo(second);
  }

  /** Of the servers' account. */
  private static void makePlace(Path place) throws IOException {
    Files.setOwner(Files.createDirectory(place), Files.getOwner(sites.west(0).dataDirectory()));
  }

  @Test
  void refuses_a_file_of_which_only_a_partial_one_is_there() throws IOException {
    publishOverWalFiles();
    String file = sites.fileBeforeTarget(1);
    Path archived = stage.lab.archive(1).resolve(file);
    Files.move(archived, archived.resolveSibling(file + ".partial"));

    refusedFor(stage.consumeFails("latest"), file + " is missing");
  }

  @Test
  void refuses_a_file_of_another_system_under_the_right_name() throws IOException {
    publishOverWalFiles();
    String file = sites.fileBeforeTarget(1);
    stage.laws().without(6, "the test poisons the archive, and sees it refused");
    Path other = stage.lab.archive(0).resolve(file);
    assertThat(other).as("same name in the other content's archive").exists();
    Files.write(stage.lab.archive(1).resolve(file), Files.readAllBytes(other));

    refusedFor(stage.consumeFails("latest"), file + " is page header with system identifier");
  }

  @Test
  void names_a_file_that_the_server_may_not_read() throws IOException {
    publishOverWalFiles();
    String file = sites.fileBeforeTarget(1);
    permit(stage.lab.archive(1).resolve(file), "---------");

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.code()).isEqualTo("STATE_UNREADABLE");
    assertThat(ending.headline()).contains("west-1").contains(file).contains("Permission denied");
    permit(stage.lab.archive(1).resolve(file), "rw-------");
    assertThat(stage.lab.instancesAt("west")).noneMatch(stage.lab::isRunning);
  }

  @Test
  void parks_what_it_started_when_the_wait_is_over() {
    publishOverWalFiles();
    stage.amendClusterFile(
        now -> now.replace("consume: {timeout: PT120S", "consume: {timeout: PT3S"));
    String target = sites.targetFile(1);
    stage.hooks.before(ConsumeStep.START_ALL, () -> stage.lab.faults().hideWal(1, target));
    stage.hooks.after(
        ConsumeStep.START_ALL,
        () -> Soon.soon("west-1 waits", () -> Sites.says(sites.gateStatus(sites.west(1)), target)));

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("TARGET_NOT_REACHED");
    assertThat(ending.headline()).contains("west-1").contains("waiting for absent " + target);
    assertThat(stage.lab.instancesAt("west")).noneMatch(stage.lab::isRunning);
    assertThat(sites.mooredAt()).isEqualTo(first);

    stage.lab.faults().showWal(1, target);
    assertThat(stage.consume().proof()).hasSize(2);
  }

  @Test
  void waits_for_an_archive_that_goes_away_and_resumes_when_it_is_back() {
    String second = publishOverWalFiles();
    stage.hooks.before(ConsumeStep.START_ALL, () -> permit(stage.lab.archive(1), "---------"));
    WorkflowStub run = stage.startConsume("latest");

    Path status = sites.gateStatus(sites.west(1));
    Soon.soon("the gate finds the archive unreachable", () -> Sites.says(status, "unreachable"));
    permit(stage.lab.archive(1), "rwxr-xr-x");

    assertThat(run.getResult(ConsumeResult.class).restorePoint()).isEqualTo(second);
  }

  /** A drill whose archiving nobody turned off leaves a timeline that production never had. */
  @Test
  void follows_the_points_timeline_past_a_newer_one_that_is_not_productions() throws Exception {
    stage.laws().without(6, "the test lets a drill archive, as a person might");
    try (SiteCopy drill = stage.lab.openCopy("west")) {
      for (LabInstance opened : drill.instances()) {
        leaveItsTimelineInTheArchive(opened);
      }
    }
    String second = publishOverWalFiles();

    ConsumeResult consumed = stage.consume();

    assertThat(stage.lab.archive(1).resolve("00000002.history")).exists();
    assertThat(consumed.restorePoint()).isEqualTo(second);
    for (LabInstance west : stage.lab.instancesAt("west")) {
      assertThat(stage.lab.controlState(west)).isEqualTo("shut down in recovery");
      assertThat(west.dataDirectory().resolve("pg_wal/00000002.history")).doesNotExist();
      assertThat(Sites.read(west.dataDirectory().resolve("postgresql.auto.conf")))
          .contains("recovery_target_timeline = '1'");
    }
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
    assertThat(sites.latest().contents())
        .allMatch(content -> content.target().timeline().value() == 1);
  }

  private static void leaveItsTimelineInTheArchive(LabInstance opened) throws SQLException {
    try (Connection connection = stage.lab.connect(opened);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE only_in_the_drill AS SELECT generate_series(1, 5000)");
      statement.execute("SELECT pg_switch_wal()");
    }
    Path wal = opened.dataDirectory().resolve("pg_wal");
    String archive = stage.lab.archive(opened.content()).toString();
    stage.lab.run(opened.host(), "sh", "-c", "cp -p '" + wal + "'/00000002* '" + archive + "'");
  }

  private static void refusedFor(EndingRecord ending, String reason) {
    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("WAL_MISSING");
    assertThat(ending.headline()).contains("west-1").contains("content 1").contains(reason);
    assertThat(stage.lab.instancesAt("west")).noneMatch(stage.lab::isRunning);
  }

  /** Publishes once more, with files between the two points of both contents. */
  private static String publishOverWalFiles() {
    sites.fillWalFiles(0, 4);
    sites.fillWalFiles(1, 4);
    return stage.publish().restorePoint();
  }

  private static void permit(Path path, String permissions) {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
