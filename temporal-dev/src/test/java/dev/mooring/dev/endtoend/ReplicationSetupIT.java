package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.secrets.ProcessWatch;
import dev.mooring.dev.secrets.Sought;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.replication.ReplicationStep;
import dev.mooring.runbook.startprimary.StartStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replication set up on empty hosts, seen, set up again and taken out: one stage, in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("heavy")
class ReplicationSetupIT extends ReplicationSetupStage {
  private static final String BACKUPS_BEGUN = "BEGIN_COPIES.after";
  private static final String STARTED = "START.after";
  private static List<String> started = List.of();

  @Test
  @Order(1)
  void without_replication_a_look_says_that_nobody_streams() {
    Answer verify = stage.mooring().type("replicate verify narrows");

    assertThat(verify.status()).as(verify.out() + verify.err()).isEqualTo(7);
    assertThat(verify.out()).contains("0 of 3 standbys healthy", "no member sends WAL to it");
  }

  @Test
  @Order(2)
  void set_up_the_standby_streams_by_its_slot_as_a_role_whose_password_nobody_knows()
      throws SQLException, IOException {
    Files.delete(narrows.password());
    narrows.leaveOver("west-0");
    assertThat(stage.mooring().type("replicate setup narrows").out())
        .contains("wal_level = minimal, must be replica");
    String restarting = "replicate setup narrows --override restart --reason first-standby";
    assertThat(stage.mooring().type(restarting).status()).isEqualTo(3);
    Answer plan = stage.mooring().type(restarting + " --mode plan");

    Answer setup = stage.mooring().type(restarting + " --digest " + Replicated.digest(plan.out()));

    assertThat(setup.status()).as(plan.out() + setup.out() + setup.err()).isZero();
    narrows.assertLeftOverIsAside("west-0");
    assertThat(setup.out()).contains("west-1 waits for west-0, which does not stream yet");
    assertThat(narrows.ask("SELECT pg_is_in_recovery()", "west-0")).containsExactly("t");
    assertThat(
            narrows.ask(
                "SELECT application_name || ' ' || state || ' ' || slot_name || ' ' || usename"
                    + " FROM pg_stat_replication JOIN pg_replication_slots ON active_pid ="
                    + " pg_stat_replication.pid",
                "east-0"))
        .containsExactly("west_0 streaming west_0 lab_replication");
    assertThat(Files.readString(stage.lab.instance("east-0").log()))
        .contains("application_name=mooring_copy");
    assertThat(Files.getPosixFilePermissions(narrows.password()).toString())
        .doesNotContain("GROUP")
        .doesNotContain("OTHERS");
    narrows.assertLetsInOverTlsAlone("w0");
    assertThat(narrows.lines("west-0")).contains("# mooring narrows begin");
    narrows.assertConnectsByItsOwnPasswordFile("west-0");
    assertThat(narrows.encrypted("east-0")).containsExactly("west_0 true");
  }

  /** R1: what standbys need of a primary, and what only a start takes. */
  @Test
  @Order(3)
  void the_primary_was_set_and_restarted_for_it_and_archives_to_a_directory_of_its_own()
      throws SQLException, IOException {
    narrows.assertPrimaryIsSet();
    started = narrows.ask("SELECT pg_postmaster_start_time()", "east-0");
  }

  /**
   * S1: one standby has WAL from the archive and nowhere else; another streams from a standby. The
   * worker that began their base backups dies, and the next one waits for those.
   */
  @Test
  @Order(4)
  void the_next_run_sets_up_who_streams_from_a_standby(@TempDir Path directory)
      throws SQLException, IOException {
    stage.dismissWorker();
    WorkflowStub run = stage.start("ReplicationSetup", request("setup", "'mode':'execute'"));
    Set<String> points = HaltedRun.pointsOf(ReplicationStep.class);
    try (ProcessWatch watch = new ProcessWatch(narrows.secrets(), Set.of());
        HaltedRun halted = HaltedRun.at(stage, run, directory, points, Set.of(BACKUPS_BEGUN))) {
      assertThat(run.getResult(ReplicationResult.class).outcome()).isEqualTo("Completed");
      assertThat(halted.halted(BACKUPS_BEGUN)).isTrue();
      assertThat(watch.commands()).anyMatch(command -> command.endsWith("/pg_basebackup"));
      assertThat(watch.found()).isEmpty();
    } finally {
      stage.recallWorker();
    }
    isSetUp = true;
    assertThat(narrows.encrypted("west-0")).containsExactly("west_1 true");
    Answer verify = stage.mooring().typeUntilInOrder("replicate verify narrows");
    assertThat(verify.out())
        .contains("3 of 3 standbys healthy")
        .containsPattern("west-1 +healthy +west-0 ")
        .containsPattern("east-1 +healthy +archive ")
        .containsPattern("west-0 +healthy +east-0 .* \\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z\n")
        .containsPattern("east-0 +west_0 +west-0 +\\S+ +streaming +async +0( +\\w+/\\w+){4}\n")
        .containsPattern("west-0 +west_1 +west-1 +\\S+ +streaming +async +0( +\\w+/\\w+){4}\n")
        .doesNotContain("no member of the cluster file bears that name");
    assertThat(narrows.ask("SELECT application_name FROM pg_stat_replication", "west-0"))
        .containsExactly("west_1");
    assertThat(narrows.ask("SELECT status FROM pg_stat_wal_receiver", "east-1")).isEmpty();
    assertThat(narrows.ask("SELECT current_setting('primary_conninfo')", "east-1"))
        .containsExactly("");
  }

  /** The worker that started it dies before it says so: the next one finds it started. */
  @Test
  @Tag("all")
  @Order(5)
  void its_primary_once_stopped_is_started_though_a_worker_dies_over_it(@TempDir Path directory)
      throws SQLException {
    stage.lab.stop(stage.lab.instance("east-0"));
    String looked = "{\"cluster\":\"narrows\",\"mode\":\"plan\"}";
    String digest = stage.start("StartPrimary", looked).getResult(RoleChangeResult.class).digest();
    stage.dismissWorker();
    String approved =
        String.format("{'cluster':'narrows','mode':'execute','by':'alice','digest':'%s'}", digest);
    WorkflowStub run = stage.start("StartPrimary", approved.replace('\'', '"'));
    Set<String> points = HaltedRun.pointsOf(StartStep.class);
    try (HaltedRun halted = HaltedRun.at(stage, run, directory, points, Set.of(STARTED))) {
      RoleChangeResult result = run.getResult(RoleChangeResult.class);
      assertThat(result.outcome()).isEqualTo("Completed");
      assertThat(result.degraded()).isEmpty();
      assertThat(halted.halted(STARTED)).isTrue();
    } finally {
      stage.recallWorker();
    }
    assertThat(narrows.ask("SELECT pg_is_in_recovery()", "east-0")).containsExactly("f");
    started = narrows.ask("SELECT pg_postmaster_start_time()", "east-0");
  }

  /** T10: by hand, as a base backup's own file has it; libpq takes it for a socket of its host. */
  @Test
  @Tag("all")
  @Order(6)
  void a_connection_without_a_host_is_repaired() throws SQLException {
    List<String> good = narrows.ask("SELECT current_setting('primary_conninfo')", "west-0");
    String settings =
        "SELECT name || '=' || setting FROM pg_settings WHERE source <> 'default' AND name NOT LIKE"
            + " 'primary_%' ORDER BY 1";
    List<String> others = narrows.ask(settings, "west-0");
    narrows.superuserOf(
        "west-0", "ALTER SYSTEM SET primary_conninfo = 'host= user=lab_replication'");
    narrows.superuserOf("west-0", "SELECT pg_reload_conf()");
    Soon.soon(
        "it streams no more",
        () -> narrows.ask("SELECT state FROM pg_stat_replication", "east-0").isEmpty());
    assertThat(stage.mooring().type("replicate verify narrows").status()).isEqualTo(7);

    Answer setup = stage.mooring().type("replicate setup narrows");

    assertThat(setup.status()).as(setup.out() + setup.err()).isZero();
    assertThat(setup.out()).contains("`mooring replicate files narrows --directory DIR` writes");
    assertThat(narrows.ask("SELECT current_setting('primary_conninfo')", "west-0")).isEqualTo(good);
    assertThat(narrows.ask(settings, "west-0")).isEqualTo(others);
    stage.mooring().typeUntilInOrder("replicate verify narrows");
  }

  @Test
  @Tag("all")
  @Order(7)
  void a_standby_that_the_archive_feeds_applies_all_that_was_written_while_it_was_down()
      throws Exception {
    stage.lab.stop(stage.lab.instance("east-1"));
    narrows.superuser("CREATE TABLE lab.meanwhile AS SELECT generate_series(1, 5000) AS n");
    narrows.superuser("SELECT pg_switch_wal()");
    stage.lab.start(stage.lab.instance("east-1"));

    Soon.soon(
        "it applied all",
        () ->
            narrows.ask("SELECT to_regclass('lab.meanwhile') IS NOT NULL", "east-1").contains("t"));
    assertThat(narrows.ask("SELECT count(*) FROM lab.meanwhile", "east-1")).containsExactly("5000");
    stage.mooring().typeUntilInOrder("replicate verify narrows");
  }

  @Test
  @Tag("all")
  @Order(8)
  void every_look_knows_who_follows_whom_and_points_are_published() throws Exception {
    assertThat(stage.publish().degraded()).isEmpty();
    assertThat(stage.mooring().type("status narrows").out())
        .startsWith("east-0 at east is the primary on timeline 1")
        .containsPattern("west-1 .* west-0")
        .containsPattern("east-1 .* archive");
    assertThat(stage.mooring().type("whois narrows").out())
        .contains("every content has one writable instance: east-0");
    assertThat(stage.mooring().type("check narrows").firstLine())
        .startsWith("narrows: nothing is wrong, ");
    assertThat(narrows.whileItsWalIsTaken(() -> stage.mooring().type("replicate verify narrows")))
        .extracting(Answer::out, as(STRING))
        .containsPattern("east-0 +pg_receivewal +- +\\S+ +streaming +async +0 +\\w+/\\w+ .* -\n")
        .contains("note: east-0 sends to pg_receivewal: no member of the cluster file bears");
  }

  /** H8: nobody confirms, so nobody is told that it is committed. */
  @Test
  @Tag("all")
  @Order(9)
  void commits_wait_for_whom_the_file_names_and_are_never_silently_asynchronous() throws Exception {
    stage.amendClusterFile(
        now ->
            now.replace(
                "replication: {",
                "replication: {synchronousCommit: remote_apply, synchronous: {method: first,"
                    + " instances: [west-0]}, "));
    String set =
        "synchronous_standby_names = 'FIRST 1 (west_0)', synchronous_commit = remote_apply";
    assertThat(stage.mooring().type("replicate setup narrows --mode plan").out()).contains(set);

    assertThat(stage.mooring().type("replicate setup narrows").status()).isZero();

    assertThat(narrows.recordedSet()).contains("epoch=", "FIRST 1 (west_0)", "=remote_apply");
    Soon.soon("west-0 is waited for", () -> narrows.sync().equals(List.of("west_0 sync")));
    stage.lab.stop(stage.lab.instance("west-0"));
    CompletableFuture<Void> write =
        CompletableFuture.runAsync(() -> narrows.superuserNow("CREATE TABLE lab.waited (n int)"));
    Soon.soon("a commit waits", () -> narrows.waiting() > 0);
    assertThat(stage.mooring().type("replicate verify narrows").status()).isEqualTo(7);
    assertThat(narrows.waiting()).isPositive();
    assertThat(write).isNotDone();
    assertThat(narrows.ask("SELECT current_setting('synchronous_standby_names')", "east-0"))
        .containsExactly("FIRST 1 (west_0)");

    stage.lab.start(stage.lab.instance("west-0"));
    write.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(narrows.ask("SELECT count(*) FROM lab.waited", "west-0")).containsExactly("0");
  }

  /** R11: one that stands still confirms nothing, one that replays nothing all but that. */
  @ParameterizedTest
  @CsvSource({
    "off, false, false",
    "local, false, false",
    "remote_write, true, false",
    "on, true, false",
    "remote_apply, true, true"
  })
  @Tag("all")
  @Order(10)
  void a_commit_waits_for_what_the_mode_of_the_file_says(
      String mode, boolean forOneThatStandsStill, boolean forReplay) throws Exception {
    stage.amendClusterFile(
        now -> now.replaceFirst("synchronousCommit: \\w+", "synchronousCommit: " + mode));
    assertThat(stage.mooring().type("replicate setup narrows").status()).isZero();
    assertThat(narrows.ask("SHOW synchronous_commit", "east-0")).containsExactly(mode);
    assertThat(narrows.sync()).contains("west_0 sync");
    narrows.assertCommitsWait(forOneThatStandsStill, forReplay);
  }

  /** T21: where the file names nobody, what an administrator set is left alone. */
  @Test
  @Tag("all")
  @Order(11)
  void names_of_an_administrator_stay() throws SQLException {
    stage.amendClusterFile(
        now ->
            now.replace(
                "synchronousCommit: remote_apply, synchronous: {method: first, instances:"
                    + " [west-0]}, ",
                "synchronousCommit: local, "));
    narrows.superuser("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (west_0, west_1)'");
    narrows.superuser("SELECT pg_reload_conf()");

    assertThat(stage.mooring().type("replicate setup narrows").status()).isZero();

    assertThat(narrows.ask("SELECT current_setting('synchronous_standby_names')", "east-0"))
        .containsExactly("ANY 1 (west_0, west_1)");
    assertThat(narrows.ask("SELECT current_setting('synchronous_commit')", "east-0"))
        .containsExactly("local");
    narrows.superuser("ALTER SYSTEM RESET synchronous_standby_names");
    narrows.superuser("SELECT pg_reload_conf()");
  }

  @Test
  @Tag("all")
  @Order(12)
  void no_password_stands_in_a_log_a_setting_or_a_history() throws SQLException, IOException {
    Sought secrets = narrows.secrets();
    for (String id : List.of("east-0", "west-0", "west-1")) {
      LabInstance instance = stage.lab.instance(id);
      if (Files.exists(instance.log())) {
        assertThat(secrets.in(id + "'s log", Files.readString(instance.log()))).isEmpty();
      }
      assertThat(narrows.ask("SELECT current_setting('primary_conninfo')", id))
          .allSatisfy(line -> assertThat(secrets.in(id, line)).isEmpty());
    }
    narrows.assertNoEvidenceHolds(secrets);
  }

  /** What standbys that stream run with is what the file says; no slot goes unseen. */
  @Test
  @Tag("all")
  @Order(13)
  void standbys_that_stream_connect_anew_where_the_file_was_changed() throws SQLException {
    List<String> servers = narrows.ask("SELECT pg_postmaster_start_time()", "west-1");
    assertThat(setUpOver("verify-full", "require"))
        .contains("west-0: connects anew by a reload: sslmode = require, was verify-full");
    assertThat(narrows.connection("west-0")).contains("sslmode=require");
    assertThat(narrows.connection("west-1")).contains("sslmode=require");

    assertThat(setUpOver("follows: west-0", "follows: east-0"))
        .contains(
            "east-0: slot west_1\n", "west-0: slot west_1 is no longer needed once west-1 follows");
    narrows.assertSends("east-0", "west_0", "west_1");
    narrows.assertSends("west-0");

    assertThat(setUpOver("follows: east-0", "follows: west-0"))
        .contains(
            "west-0: slot west_1\n", "east-0: slot west_1 is no longer needed once west-1 follows");
    narrows.assertSends("east-0", "west_0");
    narrows.assertSends("west-0", "west_1");
    assertThat(narrows.ask("SELECT pg_postmaster_start_time()", "west-1")).isEqualTo(servers);
  }

  @Test
  @Tag("all")
  @Order(14)
  void a_second_run_changes_nothing_and_says_so() throws IOException, SQLException {
    List<String> before = narrows.lines("east-0");

    ReplicationResult again =
        stage
            .start("ReplicationSetup", request("setup", "'mode':'execute'"))
            .getResult(ReplicationResult.class);

    assertThat(again.changed()).isEmpty();
    assertThat(again.headline()).startsWith("nothing was to be changed");
    assertThat(narrows.lines("east-0")).isEqualTo(before);
    assertThat(narrows.ask("SELECT pg_postmaster_start_time()", "east-0")).isEqualTo(started);
  }

  @Test
  @Order(15)
  void one_that_streams_is_not_taken_out_also_if_it_does_since_somebody_approved()
      throws Exception {
    assertThat(
            Stage.endingOf(stage.start("ReplicationSetup", request("remove", "'mode':'execute'")))
                .headline())
        .contains("west_0", "still stream");
    stage.lab.stop(stage.lab.instance("west-0"));
    WorkflowStub run = stage.start("ReplicationSetup", request("remove", "'mode':'execute'"));
    Soon.soon(
        "an approval is waited for",
        () -> run.query("progress", Progress.class).headline().startsWith("waits for an approval"));
    stage.lab.start(stage.lab.instance("west-0"));
    Soon.soon(
        "it streams again",
        () -> narrows.ask("SELECT state FROM pg_stat_replication", "east-0").contains("streaming"));

    run.update("decide", String.class, approval(run.query("plan", Plan.class).digest()));

    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.headline()).contains("west_0", "still stream");
    assertThat(narrows.ask("SELECT slot_name FROM pg_replication_slots", "east-0"))
        .containsExactly("west_0");
    stage.lab.stop(stage.lab.instance("west-0"));
  }

  @Test
  @Tag("all")
  @Order(16)
  void a_role_that_owns_something_stays_with_what_it_owns() throws Exception {
    narrows.superuser("CREATE TABLE lab.owned (at timestamptz)");
    narrows.superuser("ALTER TABLE lab.owned OWNER TO lab_replication");

    Answer refused = remove();

    assertThat(refused.status()).as(refused.out() + refused.err()).isNotZero();
    assertThat(refused.out() + refused.err()).contains("owner of table lab.owned");
    assertThat(narrows.ask("SELECT count(*) FROM lab.owned", "east-0")).containsExactly("0");
    assertThat(narrows.ask("SELECT 1 FROM pg_roles WHERE rolname = 'lab_replication'", "east-0"))
        .hasSize(1);
    narrows.superuser("DROP TABLE lab.owned");
  }

  /** A commit waits for it meanwhile: Mooring's own don't, and once it is taken out none does. */
  @Test
  @Tag("all")
  @Order(17)
  void what_was_made_for_one_that_is_gone_is_taken_out() throws Exception {
    narrows.superuser(
        "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 2 (west_0, \"east_1\")'");
    narrows.superuser("ALTER SYSTEM SET synchronous_commit = 'on'");
    narrows.superuser("SELECT pg_reload_conf()");
    CompletableFuture<Void> write =
        CompletableFuture.runAsync(() -> narrows.superuserNow("CREATE TABLE lab.hangs (n int)"));
    Soon.soon("a commit waits", () -> narrows.waiting() > 0);
    ReplicationResult plan =
        stage
            .start("ReplicationSetup", request("remove", "'mode':'plan'"))
            .getResult(ReplicationResult.class);
    assertThat(plan.outcome()).isEqualTo("planned");

    Answer removed = remove();

    assertThat(removed.status()).as(removed.out() + removed.err()).isZero();
    write.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(narrows.ask("SELECT current_setting('synchronous_standby_names')", "east-0"))
        .containsExactly("");
    assertThat(narrows.ask("SELECT current_setting('synchronous_commit')", "east-0"))
        .containsExactly("on");
    assertThat(narrows.ask("SELECT slot_name FROM pg_replication_slots", "east-0")).isEmpty();
    assertThat(narrows.ask("SELECT 1 FROM pg_roles WHERE rolname = 'lab_replication'", "east-0"))
        .isEmpty();
    assertThat(narrows.lines("east-0")).noneMatch(line -> line.contains("mooring"));
  }

  /** R13: the same by hand, where Mooring may not do it: every file is run as its head says. */
  @Test
  @Tag("all")
  @Order(18)
  void the_files_that_it_writes_set_a_standby_up_by_hand() throws Exception {
    assertThat(stage.mooring().type("replicate").status()).isEqualTo(2);
    Path directory = Files.createDirectory(stage.lab.directory().resolve("by-hand"));
    assertThat(stage.mooring().type("replicate files narrows --directory " + directory).status())
        .isZero();
    new SetupByHand(stage.lab, directory).assertSetsUp("west-0", narrows);
    assertThat(narrows.encrypted("east-0")).containsExactly("west_0 true");
  }
}
