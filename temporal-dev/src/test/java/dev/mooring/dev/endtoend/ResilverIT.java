package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Clients.Side;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.LabDisk;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.ledger.LawBroken;
import dev.mooring.dev.ledger.LoadRun;
import dev.mooring.dev.prober.Prober;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Outdated members of a cluster that streams, healed by whole runs on real servers, while clients
 * write to the primary. The two at east have their configuration where Debian has it, outside their
 * data directories.
 */
@Tag("heavy")
class ResilverIT {
  private static final String STREAMING =
      "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";

  private static Stage stage;

  @BeforeAll
  static void raise() {
    stage =
        new Stage(
            LabPlan.streaming(2)
                .named("fix")
                .withWalFileMegabytes(1)
                .configuredOutside("east-0", "east-1"));
    ask("east-0", "CREATE TABLE lab.written (at timestamptz)");
    stage.begin();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  /** The primary dies with a row that nobody else has, and west-0 is promoted after that. */
  private static void divergeEast() {
    stage.clients().silence("what the last primary alone acknowledged is lost by hand here");
    Await.until(ResilverIT::bothHaveAll, () -> "the two do not have all of east-0's WAL");
    for (String standby : List.of("west-0", "east-1")) {
      stage.lab.stop(instance(standby));
    }
    ask("east-0", "INSERT INTO lab.written VALUES (now())");
    kill("east-0");
    stage.lab.start(instance("west-0"));
    ask("west-0", "SELECT pg_promote()");
  }

  private static boolean bothHaveAll() {
    return ask("east-0", STREAMING + " AND replay_lsn = pg_current_wal_lsn()").equals("2");
  }

  /** Every member has every row, once clients are silent. */
  private static void assertSameRows() {
    new Sites(stage.lab).assertSameRows("west-0");
    for (String standby : List.of("east-0", "east-1")) {
      assertThat(ask(standby, "SELECT pg_is_in_recovery()")).isEqualTo("t");
      assertThat(ask(standby, "SHOW config_file"))
          .isEqualTo(stage.lab.configuration(instance(standby)) + "/postgresql.conf");
      assertThat(instance(standby).dataDirectory().resolve("postgresql.conf")).doesNotExist();
    }
  }

  @Test
  void a_primary_that_diverged_is_rewound_and_a_lost_directory_copied_in_one_run() {
    divergeEast();
    DeepIncludes includes = new DeepIncludes(stage.lab, instance("east-0"));
    includes.give();
    ask("west-0", "INSERT INTO lab.written VALUES (now()), (now())");
    empty("east-1");

    WorkflowStub looked = run("plan", "");
    assertThat(looked.getResult(ResilverResult.class).headline())
        .isEqualTo("2 can be made standbys: east-0 by REWIND, east-1 by BASE_BACKUP");
    Plan plan = looked.query("plan", Plan.class);
    LoadRun writing = stage.lab.load().startHere();
    stage.hooks.after(ResilverStep.COPY, stage.service::crash);
    try (Prober prober = stage.lab.prober()) {
      ResilverResult result = run("execute", plan.digest()).getResult(ResilverResult.class);
      assertThat(result.headline())
          .isEqualTo("standbys again: east-0 by REWIND, east-1 by BASE_BACKUP");
      assertThat(stage.hooks.allRun()).as("Temporal was killed").isTrue();
      assertThat(prober.seen()).isNotEmpty();
      LawBroken.unless(
          prober.seen().stream().allMatch(seen -> seen.instance().equals("west-0")),
          "west-0 alone was to accept writes: " + prober.seen());
      assertThat(result.proof().toString())
          .containsPattern("transactions that only it has, value=[1-9]")
          .contains("COMMIT");
    }
    writing.stop();
    assertSameRows();
    assertThat(ask("east-0", "SELECT count(*) FROM lab.written")).isEqualTo("2");
    assertThat(ask("west-0", STREAMING)).isEqualTo("2");
    assertThat(ask("east-0", "SHOW " + DeepIncludes.SETTING)).isEqualTo("yes");
    includes.take();
    assertThat(run("execute", "").getResult(ResilverResult.class).headline())
        .isEqualTo("every member of fix streams: nothing to do");
  }

  @Test
  @Tag("all")
  void where_no_rewind_can_be_done_it_is_copied_once_there_is_room_and_the_old_data_is_kept() {
    divergeEast();
    ask("west-0", "REVOKE ALL ON FUNCTION pg_ls_dir(text, boolean, boolean) FROM lab_replication");
    LabInstance corrupt = instance("east-1");
    stage.lab.run(corrupt.host(), "rm", corrupt.dataDirectory() + "/PG_VERSION");
    try (LabDisk disk = stage.lab.faults().diskUnderData(instance("east-0"), 256)) {
      disk.fill(8192);
      LoadRun writing = stage.lab.load().startHere();
      WorkflowStub run = run("execute", "");
      approve(run);
      headline(run, "COPY_INSTEAD can't go on: ");
      assertThat(run.query("progress", Progress.class).headline())
          .contains("what west-0 has, and a tenth more", "are free there");
      disk.makeRoom();
      decide(run, "{'decision':'retry','by':'bob','reason':'there is room'}");
      ResilverResult result = run.getResult(ResilverResult.class);
      assertThat(result.headline())
          .isEqualTo("standbys again: east-0 by BASE_BACKUP, east-1 by BASE_BACKUP");
      assertCopiedInstead(result, "permission denied");
      assertThat(result.proof().toString())
          .contains(
              "name=no rewind, value=FAILED: ", "permission denied", "PG_VERSION can't be read");
      writing.stop();
      assertSameRows();
      for (String standby : List.of("east-0", "east-1")) {
        assertThat(ask(standby, "SELECT count(*) FROM lab.written")).isEqualTo("0");
        LabInstance resilvered = instance(standby);
        assertThat(stage.lab.run(resilvered.host(), "ls", resilvered.host().data().toString()))
            .contains(standby + ".mooring-old-")
            .doesNotContain(".mooring-new", ".mooring-rewind", ".mooring-removed");
      }
    }
    stage.clients().without(Side.PRODUCTION, "the disk of east-0 is gone with its server");
  }

  /**
   * pg_rewind compares timelines of control files. Somebody resets the WAL of the old primary, to
   * the timeline that the others are on, after the run has looked at it under its locks.
   */
  @Test
  @Tag("all")
  void a_rewind_that_claims_not_to_be_required_is_no_rewind_and_a_copy_is_made_instead() {
    divergeEast();
    ask("west-0", "INSERT INTO lab.written VALUES (now()), (now())");
    stage.hooks.before(ResilverStep.REPLACE, () -> resetWal(instance("east-0"), "00000002"));
    LoadRun writing = stage.lab.load().startHere();
    WorkflowStub run = run("execute", "");
    approve(run);
    ResilverResult result = run.getResult(ResilverResult.class);
    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(result.headline()).startsWith("standbys again: east-0 by BASE_BACKUP, ");
    assertCopiedInstead(result, "no rewind required");
    assertThat(result.proof().toString())
        .contains("name=no rewind, value=FAILED: ", "no rewind required")
        .containsPattern("transactions that only it has, value=[1-9]");
    writing.stop();
    assertSameRows();
    assertThat(ask("east-0", "SELECT count(*) FROM lab.written")).isEqualTo("2");
    assertThat(ask("west-0", STREAMING)).isEqualTo("2");
  }

  private static void assertCopiedInstead(ResilverResult result, String why) {
    assertThat(result.degraded())
        .singleElement()
        .asString()
        .startsWith("east-0: the rewind failed (FAILED: ")
        .contains(why)
        .endsWith("), a base backup was made instead");
  }

  /** What a person does who wants a crashed server to start, and names a timeline. */
  private static void resetWal(LabInstance instance, String timeline) {
    stage.lab.run(
        instance.host(),
        "sh",
        "-c",
        "file=$(ls \"$0/pg_wal\" | grep -xE '[0-9A-F]{24}' | sort | tail -n 1);"
            + " rm -f \"$0/postmaster.pid\";"
            + " \"$1\" -f -D \"$0\" -l $2${file#????????}",
        instance.dataDirectory().toString(),
        stage.lab.postgresPrograms().resolve("pg_resetwal").toString(),
        timeline);
  }

  @Test
  @Tag("all")
  void a_killed_worker_finds_the_copy_and_a_copy_killed_at_90_percent_begins_anew(
      @TempDir Path logs) throws SQLException {
    kill("east-1");
    empty("east-1");
    long size = Long.parseLong(ask("east-0", "SELECT sum(pg_database_size(oid)) FROM pg_database"));
    stage.amendClusterFile(now -> now + "resilver: {rateLimit: " + size / 9 + "}\n");
    stage.dismissWorker();
    try (WorkerProcess worker =
        WorkerProcess.ofBothSites(stage.lab, stage.service.address(), logs.resolve("worker.log"))) {
      WorkflowStub looked = run("plan", "");
      looked.getResult(ResilverResult.class);
      Mooring.Typed typed =
          stage
              .mooring()
              .begin(
                  "resilver fix --reason fixed --by ann --digest "
                      + looked.query("plan", Plan.class).digest());
      Soon.seen(
          "how far it is is shown",
          typed::said,
          said -> said.matches("(?s).*east-1: [0-9]+ of [0-9]+ bytes, .*"));
      SlotWal.assertKept(stage.lab, instance("east-0"), "east_1");
      String copy = copies();
      worker.kill();
      Soon.soon("it is started again", () -> worker.starts() == 2);
      assertThat(copies()).isEqualTo(copy).isNotEmpty();
      killAt90Percent();
      Mooring.Answer ended = typed.answer();
      assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
      assertThat(new Sites(stage.lab).lastReceipt().seen().toString())
          .contains("name=copy 1 of 3, value=DIED")
          .doesNotContain("copy 2 of 3");
    } finally {
      stage.recallWorker();
    }
    assertThat(ask("east-0", STREAMING)).isEqualTo("2");
    assertThat(onHost("ls */passwords 2>/dev/null || echo none").strip()).isEqualTo("none");
  }

  /** The marker of the copy of east-1, the process that it belongs to, and that it runs. */
  private static String copies() {
    return onHost("echo */pid; cat */pid; kill -0 $(cat */pid)");
  }

  /** Within one script: between two the last tenth may be copied, on a busy machine. */
  private static void killAt90Percent() {
    onHost(
        """
        p=$(cat */pid) || exit 1
        until [ "$(tail -c 200 */log | sed -n 's/.*(\\([0-9]*\\)%).*/\\1/p' | tail -n 1)" -ge 90 ]
        do
          kill -0 "$p" || exit 1
          sleep 0.05
        done 2>/dev/null
        kill -9 $(ps -o ppid= -p $p) && kill -9 -$p
        """);
  }

  /** Runs that where the markers of copies of east-1 are. */
  private static String onHost(String commands) {
    LabInstance copied = instance("east-1");
    Path markers = copied.host().mooring().resolve("fix/east-1.copies");
    return stage.lab.run(
        copied.host(),
        "sh",
        "-c",
        "cd \"$0\" 2>/dev/null || cd /; " + commands,
        markers.toString());
  }

  @Test
  @Tag("all")
  void of_two_promoted_at_one_position_the_other_would_be_copied_and_the_old_primary_follow() {
    stage.clients().silence("two standbys are promoted at one position");
    stage.clients().without(Side.PRODUCTION, "nobody is made a standby again: it is a plan");
    stage.laws().without(6, "two primaries of one timeline archive to one place");
    // one that can read the archive sees there that the timeline was taken, and takes another
    ask("west-0", "ALTER SYSTEM SET restore_command = ''");
    stage.lab.stop(instance("west-0"));
    stage.lab.start(instance("west-0"));
    Await.until(ResilverIT::bothHaveAll, () -> "the two do not stream from east-0");
    stage.lab.stop(instance("east-0"));
    ask("east-1", "SELECT pg_promote()");
    ask("east-1", "INSERT INTO lab.written VALUES (now())");
    stage.lab.stop(instance("east-1"));
    ask("west-0", "SELECT pg_promote()");
    ask("west-0", "INSERT INTO lab.written VALUES (now()), (now())");

    EndingRecord refused = Stage.endingOf(run("plan", ""));
    assertThat(List.of(refused.outcome(), refused.code()))
        .containsExactly("Refused", "ARCHIVING_UNSAFE");
    ResilverResult planned =
        asked("plan", "\"overrides\":\"shared-archive\",\"reason\":\"moved out\"")
            .getResult(ResilverResult.class);
    assertThat(planned.headline())
        .isEqualTo("2 can be made standbys: east-0 by FOLLOW, east-1 by BASE_BACKUP");
    assertThat(planned.proof().toString()).contains("it was a primary on timeline 2 itself");
  }

  @Test
  void one_that_was_only_down_follows_as_it_is_and_asks_nobody() throws IOException {
    stage.lab.stop(instance("west-0"));
    ask("east-0", "INSERT INTO lab.written VALUES (now())");
    Path foreign = stage.lab.archive(0).resolve("00000009.history");
    Files.writeString(foreign, "1\t0/3000000\ta drill archived here\n");
    EndingRecord refused = Stage.endingOf(run("execute", ""));
    assertThat(List.of(refused.outcome(), refused.code()))
        .containsExactly("Refused", "ARCHIVING_UNSAFE");
    assertThat(refused.headline()).contains("west-0 restores from has 00000009.history");
    Files.delete(foreign);
    assertThat(run("execute", "").getResult(ResilverResult.class).headline())
        .isEqualTo("standbys again: west-0 by FOLLOW");
    Soon.soon(
        "it has the row", () -> ask("west-0", "SELECT count(*) FROM lab.written").equals("1"));
  }

  @Test
  void two_that_accept_writes_are_nobodys_to_mend() {
    stage.clients().silence("a standby is promoted beside the primary");
    stage.clients().without(Side.PRODUCTION, "two accept writes by hand");
    stage.laws().without(1, "a standby is promoted beside the primary by hand");
    ask("west-0", "SELECT pg_promote()");
    EndingRecord refused = Stage.endingOf(run("execute", ""));
    assertThat(refused.outcome()).isEqualTo("Refused");
    assertThat(refused.code()).isEqualTo("TWO_PRIMARIES");
  }

  private static WorkflowStub run(String mode, String digest) {
    return asked(mode, "\"digest\":\"" + digest + "\"");
  }

  private static WorkflowStub asked(String mode, String more) {
    return stage.start(
        "Resilver",
        String.format("{\"cluster\":\"fix\",\"mode\":\"%s\",\"by\":\"alice\",%s}", mode, more));
  }

  private static void approve(WorkflowStub run) {
    headline(run, "waits for an approval");
    String digest = run.query("plan", Plan.class).digest();
    decide(run, "{'decision':'approve','by':'bob','reason':'looked at','digest':'" + digest + "'}");
  }

  private static void headline(WorkflowStub run, String begins) {
    Soon.soon(begins, () -> run.query("progress", Progress.class).headline().startsWith(begins));
  }

  private static void decide(WorkflowStub run, String decision) {
    RawRequest typed = Typed.json(decision);
    assertThat(run.update("decide", String.class, typed)).contains("bob");
  }

  private static LabInstance instance(String id) {
    return stage.lab.instance(id);
  }

  private static void kill(String instance) {
    stage.lab.faults().signalAll(instance(instance), Signal.KILL);
  }

  private static void empty(String id) {
    LabInstance lost = instance(id);
    stage.lab.run(
        lost.host(), "find", lost.dataDirectory().toString(), "-mindepth", "1", "-delete");
  }

  private static String ask(String instance, String sql) {
    try (Connection connection = stage.lab.connect(instance(instance));
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new AssertionError(instance + " did not answer " + sql, e);
    }
  }
}
