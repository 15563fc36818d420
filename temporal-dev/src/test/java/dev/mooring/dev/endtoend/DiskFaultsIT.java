package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabDisk;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.Receipt;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Disks that fill up and stall, each under one directory of one server. */
@Tag("root")
@Tag("all")
@Tag("heavy")
class DiskFaultsIT {
  private static final int MEGABYTE = 1024;

  /** A word for doing away with something, and WAL, in one clause, in either order. */
  static final Pattern AGAINST_WAL =
      Pattern.compile(
          "(?i)\\b(delet|remov|free\\b|clear|purg|empt|drop|trunc|prun|trim|rm\\b)[^.;\\n"
              + "]*(wal\\b|pg_wal|segment)|(wal\\b|pg_wal|segment)[^.;\\n"
              + "]*(delet|remov|be freed|clear|purg|empt|drop|trunc|prun|trim)");

  private static Stage stage;
  private static Sites sites;
  private static LabInstance east;
  private static String first;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    east = sites.east(0);
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
  void fails_naming_the_copy_whose_disk_fills_up_while_it_replays() {
    LabInstance west = sites.west(1);
    try (LabDisk disk = stage.lab.faults().diskUnder(west, "", 128)) {
      makeDatabases(1, 4);
      String second = stage.publish().restorePoint();
      disk.fill(16 * MEGABYTE);

      EndingRecord ending = stage.consumeFails("latest");

      assertThat(ending.outcome()).isEqualTo("Failed");
      assertThat(ending.headline()).contains("west-1").contains("No space left on device");
      assertThat(ending.code()).isEqualTo("START_FAILED");
      assertThat(sites.mooredAt()).isEqualTo(first);
      assertThat(stage.lab.instancesAt("west")).noneMatch(stage.lab::isRunning);
      assertThat(stage.lab.controlState(sites.west(0))).isEqualTo("shut down in recovery");

      disk.makeRoom();
      assertThat(stage.consume().restorePoint()).isEqualTo(second);
      stage.clients().assertExact();
    }
  }

  @Test
  void makes_no_point_on_a_primary_whose_wal_has_no_room_and_heals_after_it_was_full() {
    stage.clients().silence("the test fills the disk of its WAL to the last bytes");
    try (LabDisk disk = stage.lab.faults().diskUnder(east, "pg_wal", 32)) {
      disk.fill(2 * MEGABYTE);

      EndingRecord scarce = stage.publishFails();

      assertThat(scarce.outcome()).isEqualTo("Refused");
      assertThat(scarce.code()).isEqualTo("NO_ROOM");
      assertThat(scarce.headline()).contains("east-0 has ").contains("bytes of room for WAL");
      assertThat(scarce.hint()).isEqualTo("free space on that file system; never by deleting WAL");
      suggestsNothingAgainstWal("NO_ROOM");

      writeUntilFull(disk);
      EndingRecord full = stage.publishFails();

      assertThat(full.outcome()).isEqualTo("Refused");
      assertThat(full.code()).isEqualTo("NO_PRIMARY");
      assertThat(full.headline()).contains("east-0");
      assertThat(sites.latest().name().value()).isEqualTo(first);
      suggestsNothingAgainstWal("NO_PRIMARY");

      disk.makeRoom();
      stage.lab.faults().end(east);
      stage.lab.start(east);
      assertThat(stage.publish().outcome()).isEqualTo("Completed");
    }
  }

  /** What a person is told who publishes now, and who asks for the state of things. */
  private static void suggestsNothingAgainstWal(String code) {
    Mooring.Answer publish = stage.mooring().type("publish " + stage.cluster());
    Mooring.Answer status = stage.mooring().type("status " + stage.cluster());
    String reported = publish.out() + publish.err() + status.out() + status.err();
    assertThat(reported).contains(code);
    assertThat(reported.replace("never by deleting WAL", "")).doesNotContainPattern(AGAINST_WAL);
  }

  @Test
  void control_sees_advice_against_wal_in_every_wording() {
    assertThat(
            List.of(
                "delete old WAL files",
                "WAL files may be deleted",
                "free pg_wal",
                "make room: rm pg_wal/0*",
                "pg_wal can be emptied"))
        .allMatch(reported -> AGAINST_WAL.matcher(reported).find());
    assertThat("east-0 has 5 bytes of room for WAL, needs 7; free space on that file system")
        .doesNotContainPattern(AGAINST_WAL);
  }

  @Test
  void keeps_a_point_pending_while_the_archives_disk_is_full() {
    impatient();
    try (LabDisk disk = stage.lab.faults().diskUnderArchive(0, 48)) {
      stage.hooks.before(PublishStep.SWITCH_WAL, () -> disk.fill(0));

      EndingRecord ending = stage.publishFails();

      settledOnceItIsMended(ending, disk::makeRoom);
      assertThat(ending.headline()).contains("the archiver of east-0 failed");
    }
  }

  @Test
  void keeps_a_point_pending_while_the_archive_is_closed_to_the_server() {
    impatient();
    Path archive = stage.lab.archive(0);
    stage.hooks.before(PublishStep.SWITCH_WAL, () -> permit(archive, "---------"));

    EndingRecord ending = stage.publishFails();

    settledOnceItIsMended(ending, () -> permit(archive, "rwxr-xr-x"));
  }

  private static void permit(Path path, String permissions) {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void keeps_a_point_pending_while_the_archives_disk_stalls_and_commits_go_on() {
    impatient();
    try (LabDisk disk = stage.lab.faults().diskUnderArchive(0, 48)) {
      stage.hooks.before(PublishStep.SWITCH_WAL, disk::stall);

      EndingRecord ending = stage.publishFails();

      assertThat(committedDuring("AWAIT_ARCHIVE")).isPositive();
      assertThat(stage.consume().restorePoint()).isEqualTo(first);
      settledOnceItIsMended(ending, disk::resume);
    }
  }

  /** How many rows clients wrote between the beginning and the end of a step of the last run. */
  private static long committedDuring(String step) {
    Receipt.StepRecord waited =
        sites.lastReceipt().steps().stream()
            .filter(one -> one.step().equals(step))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(
        sites.ask(
            0,
            "SELECT count(*) FROM lab.ledger WHERE written_at BETWEEN '%s' AND '%s'"
                .formatted(waited.startedAt(), waited.endedAt())));
  }

  /** Frozen most of the time, it accepts writes now and then. */
  @Test
  void names_the_copy_on_a_slow_disk_as_the_one_that_is_waited_for() {
    sites.fillWalFiles(0, 2);
    sites.fillWalFiles(1, 4);
    String second = stage.publish().restorePoint();
    try (LabDisk disk = stage.lab.faults().diskUnder(sites.west(1), "", 96)) {
      String target = sites.targetFile(1);
      stage.hooks.before(ConsumeStep.START_ALL, () -> stage.lab.faults().hideWal(1, target));
      stage.hooks.after(
          ConsumeStep.START_ALL,
          () -> {
            Soon.soon("west-0 is through", () -> !stage.lab.isRunning(sites.west(0)));
            disk.stall();
            stage.lab.faults().showWal(1, target);
          });

      Mooring.Typed consume = stage.mooring().begin("consume " + stage.cluster());
      Soon.soon("the disk is slow", stage.hooks::allRun);
      Soon.soon("the laggard is named", () -> laggards(consume).equals("west-1"));
      for (int i = 0; i < 30 && !consume.hasEnded(); i++) {
        disk.resume();
        disk.stall();
      }
      disk.resume();

      assertThat(consume.answer().status()).as(consume.said()).isZero();
      assertThat(consume.said()).contains("moored at " + second + ": 2 of 2 instances proved");
    }
  }

  /** Who is said to replay in the last line that says so. */
  private static String laggards(Mooring.Typed consume) {
    return consume
        .said()
        .lines()
        .filter(line -> line.contains(" replays "))
        .reduce((before, last) -> last)
        .map(
            line ->
                Pattern.compile("(west-[01]) replays")
                    .matcher(line)
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.joining(" ")))
        .orElse("");
  }

  /** Frozen most of the time, it takes files now and then. */
  @Test
  void a_publish_names_the_content_whose_archive_is_slow_and_completes() {
    try (LabDisk disk = stage.lab.faults().diskUnderArchive(0, 48)) {
      stage.hooks.before(PublishStep.SWITCH_WAL, disk::stall);

      WorkflowStub run = stage.startPublish();
      Soon.soon("the laggard is named", () -> !waitsFor(run).isEmpty());
      String laggard = waitsFor(run);
      for (int i = 0; i < 30 && stage.service.isOpen(run); i++) {
        disk.resume();
        disk.stall();
      }
      disk.resume();

      PublishResult published = run.getResult(PublishResult.class);
      assertThat(laggard).contains("content 0").doesNotContain("content 1");
      assertThat(published.outcome()).isEqualTo("Completed");
      assertThat(sites.latest().name().value()).isEqualTo(published.restorePoint());
      assertThat(stage.consume().restorePoint()).isEqualTo(published.restorePoint());
    }
  }

  /** What the progress of a publish says of its wait for the archive. */
  private static String waitsFor(WorkflowStub run) {
    return run.query("progress", Progress.class).steps().stream()
        .filter(step -> step.step().equals(PublishStep.AWAIT_ARCHIVE.name()))
        .map(Progress.StepProgress::note)
        .findFirst()
        .orElse("");
  }

  /** A file is due every two seconds, and late after four. */
  @Test
  void status_and_check_warn_of_an_archiver_that_hangs_and_says_nothing() {
    stage.lab.faults().set(0, "archive_timeout", "2s");
    try (LabDisk disk = stage.lab.faults().diskUnderArchive(0, 48)) {
      disk.stall();
      sites.fillWalFiles(0, 3);

      String reported =
          stage
              .mooring()
              .typeUntil("status " + stage.cluster(), said -> said.out().contains("files wait"))
              .out();

      assertThat(reported)
          .containsPattern(
              "warning +east-0 archiver: archived [0-9A-F]{24} last, at .* ago, and [1-9]")
          .contains("(should be: a WAL file every 2 s)")
          .contains("check whether its archive_command hangs");
      assertThat(stage.mooring().type("check " + stage.cluster()).out())
          .containsPattern("east-0 +archiver .*archived [0-9A-F]{24} last")
          .contains("a WAL file every 2 s");
      disk.resume();
    }
  }

  private static void impatient() {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
  }

  private static void settledOnceItIsMended(EndingRecord ending, Runnable fix) {
    String late = ending.headline().split(" ", 2)[0];
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(ending.headline()).contains("content 0");
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(sites.manifestFile(late + ".pending")).exists();

    fix.run();
    // an archiver that failed three times begins anew after a minute, or with the next file
    sites.fillWalFiles(0, 1);
    String target = sites.manifest(late + ".pending").contents().get(0).target().walFile().text();
    Soon.soon("the late file is archived", () -> sites.archived(0).contains(target));
    String next = stage.publish().restorePoint();

    assertThat(sites.manifestFile(late)).exists();
    assertThat(sites.manifestFile(late + ".pending")).doesNotExist();
    assertThat(sites.latest().name().value()).isEqualTo(next);
    assertThat(stage.consume(late).restorePoint()).isEqualTo(late);
  }

  /** A record of a few bytes, which replay makes a copy of a database of. */
  private static void makeDatabases(int content, int number) {
    ServerVersion version = sites.version();
    String copied = version.major() >= 15 ? " STRATEGY file_copy" : "";
    try (Connection connection = stage.lab.connect(sites.east(content));
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < number; i++) {
        statement.execute("CREATE DATABASE grown_" + i + copied);
      }
    } catch (SQLException e) {
      throw new AssertionError("could not make a database", e);
    }
  }

  /** Writes until the server ends itself, as it does when it can't write WAL. */
  private static void writeUntilFull(LabDisk disk) {
    disk.fill(512);
    try (Connection connection = stage.lab.connect(east);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS filler(n bigint)");
      for (int i = 0; i < 1000; i++) {
        statement.execute("INSERT INTO filler SELECT generate_series(1, 20000)");
      }
      throw new AssertionError("WAL never filled its disk");
    } catch (SQLException ended) {
      assertThat(Sites.read(east.log())).contains("No space left on device");
    }
  }
}
