package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Signal;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What can become of a DR instance, by itself or by a person's hand, and that nothing is advanced
 * over it. Nor over a WAL file that is missing, at a consume or at a publish.
 */
class DrInstanceFaultsIT extends MooredInstance {
  @Test
  @Tag("all")
  void starts_an_instance_once_more_that_was_killed_while_replaying() {
    String second = publishOverWalFiles();
    killedAfter(ConsumeStep.START_ALL);
    WorkflowStub run = stage.startConsume("latest");

    ConsumeResult consumed = run.getResult(ConsumeResult.class);
    assertThat(consumed.restorePoint()).isEqualTo(second);
    assertThat(consumed.degraded())
        .anyMatch(less -> less.startsWith("started once more: west-0 is not parked at " + second));
    assertThat(stateOf(run, ConsumeStep.START_AGAIN)).isEqualTo("done");
    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(sites.mooredAt()).isEqualTo(second);
  }

  @Test
  @Tag("all")
  void fails_without_advancing_when_it_dies_a_second_time() {
    publishOverWalFiles();
    killedAfter(ConsumeStep.START_ALL);
    killedAfter(ConsumeStep.START_AGAIN);

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("TARGET_MISMATCH");
    assertThat(ending.headline()).contains("west-0");
    assertThat(sites.mooredAt()).isEqualTo(first);
    assertThat(stage.lab.isRunning(west)).isFalse();
  }

  @Test
  @Tag("all")
  void refuses_what_postgres_refuses_at_a_start_and_quotes_it_if_it_comes_later() {
    String second = publishOverWalFiles();
    permit("rwxrwxrwx");
    EndingRecord refused = stage.consumeFails("latest");
    assertThat(refused.outcome()).isEqualTo("Refused");
    assertThat(refused.code()).isEqualTo("MISSING_ON_HOST");
    assertThat(refused.headline()).contains("west-0: ", " has mode 777 and owner ");
    permit("rwxr-x---");
    stage.hooks.before(ConsumeStep.START_ALL, () -> permit("rwxrwxrwx"));

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("START_FAILED");
    assertThat(ending.headline())
        .contains("west-0 ended before " + second, "FATAL:  data directory", "invalid permissions");
    assertThat(sites.mooredAt()).isEqualTo(first);
    permit("rwxr-x---");
    assertThat(stage.consume().restorePoint()).isEqualTo(second);
  }

  private static void permit(String mode) {
    try {
      Files.setPosixFilePermissions(west.dataDirectory(), PosixFilePermissions.fromString(mode));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Tag("all")
  void refuses_an_instance_that_a_person_let_run_past_the_target() {
    String second = publishOverWalFiles();
    publishOverWalFiles();
    brokenByHand(2, 5);
    runPastEverything();
    stage.lab.stop(west);

    EndingRecord ending = stage.consumeFails(second);

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("BEYOND_TARGET");
    assertThat(ending.headline()).contains("west-0");
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  /** Its control file lags behind what it has replayed; the server itself tells. */
  @Test
  @Tag("all")
  void refuses_an_instance_that_still_runs_past_the_target_and_leaves_it_running() {
    String second = publishOverWalFiles();
    publishOverWalFiles();
    brokenByHand(2, 5);
    runPastEverything();

    EndingRecord ending = stage.consumeFails(second);

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("BEYOND_TARGET");
    assertThat(ending.headline()).contains("west-0").contains("SQL");
    assertThat(stage.lab.isRunning(west)).isTrue();
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  /** As it parks itself: nobody can ask it, its control file lags, its startup process tells. */
  @Test
  @Tag("all")
  void refuses_one_past_the_target_that_answers_no_sql_and_leaves_it_running() {
    String second = publishOverWalFiles();
    publishOverWalFiles();
    brokenByHand(2, 5);
    stage.lab.faults().removeTarget(west);
    withoutGate("hot_standby = off\n");
    sites.startWithoutWaiting(west);
    Soon.soon(
        "west-0 replays the newest point's file",
        () ->
            Sites.says(west.log(), "restored log file \"" + sites.targetFile(0) + "\"")
                && stage.lab.isRunning(west));

    EndingRecord ending = stage.consumeFails(second);

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("BEYOND_TARGET");
    assertThat(ending.headline()).contains("west-0");
    assertThat(stage.lab.isRunning(west)).isTrue();
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  @Test
  @Tag("all")
  void lets_the_gate_hold_an_instance_whose_target_a_person_removed() {
    String second = publishOverWalFiles();
    startWithoutTarget();
    stage.lab.stop(west);

    ConsumeResult consumed = stage.consume();

    assertThat(consumed.restorePoint()).isEqualTo(second);
    assertThat(consumed.degraded())
        .anyMatch(drift -> drift.contains("recovery_target_name is '', was " + first));
    assertThat(sites.mooredAt()).isEqualTo(second);
    assertThat(Sites.read(west.dataDirectory().resolve("postgresql.auto.conf")))
        .containsOnlyOnce("recovery_target_name = '" + second + "'");
  }

  @Test
  @Tag("all")
  void refuses_the_same_point_after_a_person_let_the_rest_of_its_file_be_replayed() {
    brokenByHand(2, 5);
    startWithoutTarget();
    stage.lab.stop(west);

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("BEYOND_TARGET");
    assertThat(ending.headline()).contains("west-0").contains(first);
  }

  @Test
  @Tag("all")
  void parks_an_instance_again_that_a_person_only_started() {
    sites.startWithoutWaiting(west);
    Soon.soon(
        "west-0 stops at its point again",
        () -> Sites.says(west.log(), "recovery stopping at restore point \"" + first + "\""));
    Soon.soon("west-0 is down", () -> !stage.lab.isRunning(west));

    ConsumeResult consumed = stage.consume();

    assertThat(consumed.restorePoint()).isEqualTo(first);
    assertThat(consumed.degraded())
        .anyMatch(drift -> drift.contains("west-0 was started or changed since it was proved"));
  }

  /** It asks its gate ten times a second; one opened before the stop would let it run past. */
  @Test
  @Tag("all")
  void stops_an_instance_that_a_person_left_running_and_parks_it() {
    startWithoutTarget();
    String second = publishOverWalFiles();

    ConsumeResult consumed = stage.consume();

    assertThat(consumed.restorePoint()).isEqualTo(second);
    assertThat(consumed.degraded()).anyMatch(drift -> drift.contains("west-0 runs"));
    assertThat(stage.lab.isRunning(west)).isFalse();
  }

  @Test
  void refuses_a_chain_with_a_missing_file_and_touches_no_instance() {
    String second = publishOverWalFiles();
    String missing = sites.fileBeforeTarget(0);
    stage.lab.faults().hideWal(0, missing);

    String before = stage.lab.fingerprintOf(west.host());
    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("WAL_MISSING");
    assertThat(ending.headline()).contains("west-0", missing + " is missing");
    assertThat(stage.lab.fingerprintOf(west.host())).isEqualTo(before);
    assertThat(sites.mooredAt()).isEqualTo(first);

    stage.lab.faults().showWal(0, missing);
    assertThat(stage.consume().restorePoint()).isEqualTo(second);
  }

  @Test
  void names_a_wal_file_that_vanished_between_two_points() {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT2S"));
    String target = sites.targetFile(0);
    sites.fillWalFiles(0, 3);
    List<String> behind =
        Soon.seen(
            "the file behind the point's is archived",
            () -> sites.archived(0).stream().filter(f -> f.compareTo(target) > 0).toList(),
            files -> !files.isEmpty());
    String gone = behind.get(0);
    stage.lab.faults().hideWal(0, gone);

    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(ending.headline()).contains("content 0").contains(gone + " is missing");
    assertThat(sites.latest().name().value()).isEqualTo(first);
    stage.lab.faults().showWal(0, gone);
  }

  @Test
  void stops_at_a_control_file_that_cannot_be_read() throws IOException {
    stage.publish();
    brokenByHand(2, 3, 4, 5);
    Files.write(west.dataDirectory().resolve("global/pg_control"), new byte[8192]);
    String before = stage.lab.fingerprintOf(west.host());

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(stage.lab.fingerprintOf(west.host())).isEqualTo(before);
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("STATE_UNREADABLE");
    assertThat(ending.headline()).contains("west-0");
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  @Test
  @Tag("all")
  void refuses_a_data_directory_or_programs_of_another_major_and_touches_nothing()
      throws IOException {
    stage.publish();
    ServerVersion version = sites.version();
    ServerVersion other = new ServerVersion(version.major() == 18 ? 17 : version.major() + 1, 2);
    Path made = west.dataDirectory().resolve("PG_VERSION");
    String before = Files.readString(made);
    Files.writeString(made, other.major() + "\n");

    EndingRecord data = stage.consumeFails("latest");
    Files.writeString(made, before);
    stage.manage(west, new OtherPrograms(stage.lab).beside(west, "postgres", other));
    EndingRecord programs = stage.consumeFails("latest");

    assertThat(data.outcome()).isEqualTo("Refused");
    assertThat(data.code()).isEqualTo("VERSION_DIFFERS");
    assertThat(data.headline())
        .contains("west-0 has a data directory of version " + other.major())
        .contains("the WAL of east-0 is of version " + version);
    assertThat(programs.outcome()).isEqualTo("Refused");
    assertThat(programs.code()).isEqualTo("VERSION_DIFFERS");
    assertThat(programs.headline())
        .contains("west-0 has a data directory of version " + version.major())
        .contains("programs of version " + other);
    assertThat(sites.mooredAt()).isEqualTo(first);
    assertThat(Sites.read(west.dataDirectory().resolve("postgresql.auto.conf")))
        .contains("recovery_target_name = '" + first + "'");
  }

  @Test
  @Tag("all")
  void moors_with_programs_of_another_minor_and_says_which_also_when_they_are_replaced() {
    ServerVersion version = sites.version();
    for (int later = 1; later <= 2; later++) {
      ServerVersion other = new ServerVersion(version.major(), version.minor() + later);
      stage.manage(west, new OtherPrograms(stage.lab).beside(west, "postgres", other));
      String point = stage.publish().restorePoint();

      ConsumeResult consumed = stage.consume();

      assertThat(consumed.restorePoint()).isEqualTo(point);
      assertThat(consumed.degraded())
          .contains(
              "west-0 has programs of version "
                  + other
                  + ", the WAL of east-0 is of version "
                  + version);
      assertThat(sites.mooredAt()).isEqualTo(point);
    }
  }

  @Test
  @Tag("all")
  void moors_an_instance_made_anew_at_the_earliest_point_behind_its_backup() throws IOException {
    byte[] latest = Files.readAllBytes(sites.manifestFile("LATEST"));
    sites.fillWalFiles(0, 1);
    stage.lab.makeAnew(west);

    EndingRecord early = stage.consumeFails("latest");

    assertThat(early.outcome()).isEqualTo("Refused");
    assertThat(early.code()).isEqualTo("BEYOND_TARGET");
    assertThat(early.headline())
        .startsWith("no READY manifest lies at or above every floor")
        .containsPattern("LATEST " + first + ": content 0 at .* lies below the floor .* of west-0");
    assertThat(sites.mooredAt()).isEqualTo(first);

    String second = publishOverWalFiles();
    String third = publishOverWalFiles();
    Files.write(sites.manifestFile("LATEST"), latest);
    WorkflowStub run = stage.startConsume("latest");

    assertThat(run.getResult(ConsumeResult.class).restorePoint()).isEqualTo(second);
    assertThat(noteOf(run, ConsumeStep.CHOOSE_MANIFEST))
        .startsWith("the earliest READY manifest at or above every floor")
        .contains(third + ": above every floor, but not the earliest")
        .contains("LATEST " + first + ": content 0 at ");
    assertThat(stage.consume(third).restorePoint()).isEqualTo(third);
  }

  private static String noteOf(WorkflowStub run, ConsumeStep step) {
    return run.query("progress", Progress.class).steps().stream()
        .filter(progress -> progress.step().equals(step.name()))
        .map(Progress.StepProgress::note)
        .findFirst()
        .orElseThrow();
  }

  private static void brokenByHand(int... laws) {
    for (int law : laws) {
      stage.laws().without(law, "the test breaks it by hand, and sees it refused");
    }
  }

  private static String publishOverWalFiles() {
    sites.fillWalFiles(0, 3);
    return stage.publish().restorePoint();
  }

  /** Lets the instance wait for its last file, then kills its postmaster and brings the file. */
  private static void killedAfter(ConsumeStep step) {
    stage.hooks.before(step, () -> stage.lab.faults().hideWal(0, sites.targetFile(0)));
    stage.hooks.after(
        step,
        () -> {
          Soon.soon(
              "west-0 waits for the target's file",
              () -> Sites.says(sites.gateStatus(west), "absent"));
          stage.lab.faults().signal(west, Signal.KILL);
          stage.lab.faults().showWal(0, sites.targetFile(0));
        });
  }

  /** What the reference tool calls a success: no target, no gate, everything replayed. */
  private static void runPastEverything() {
    stage.lab.faults().removeTarget(west);
    withoutGate("hot_standby = on\n");
    stage.lab.start(west);
    Lsn last = sites.latest().contents().get(0).target().lsn();
    Soon.soon(
        "west-0 replays beyond the newest point",
        () -> sites.ask(west, "SELECT pg_last_wal_replay_lsn() >= '" + last + "'").equals("t"));
  }

  private static void withoutGate(String setting) {
    String restore = "restore_command = 'cp \"" + stage.lab.archive(0) + "/%f\" \"%p\"'\n";
    sites.configure(west, restore + setting);
  }

  /** The gate refused a WAL file. */
  private static boolean heldByTheGate() {
    Path status = sites.gateStatus(west);
    return Files.exists(status) && Sites.read(status).matches("(?s)beyond [0-9A-F]{24} .*");
  }

  /**
   * Lets the instance replay all that its gate serves, and wait for more. Reading ahead, it asks
   * for the next file before it has replayed the last record; when it asks again, it has.
   */
  private static void startWithoutTarget() {
    stage.lab.faults().removeTarget(west);
    Path status = sites.gateStatus(west);
    try {
      Files.writeString(
          west.dataDirectory().resolve("postgresql.auto.conf"),
          "wal_retrieve_retry_interval = '100ms'\n",
          StandardOpenOption.APPEND);
      Files.deleteIfExists(status);
      sites.startWithoutWaiting(west);
      for (int asked = 0; asked < 2; asked++) {
        Soon.soon("the gate holds west-0", DrInstanceFaultsIT::heldByTheGate);
        Files.deleteIfExists(status);
      }
      Soon.soon("the gate holds west-0 still", DrInstanceFaultsIT::heldByTheGate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stateOf(WorkflowStub run, ConsumeStep step) {
    return run.query("progress", Progress.class).steps().stream()
        .filter(progress -> progress.step().equals(step.name()))
        .map(Progress.StepProgress::state)
        .findFirst()
        .orElseThrow();
  }
}
