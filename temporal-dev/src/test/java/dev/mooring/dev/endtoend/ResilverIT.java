package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.prober.Prober;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import dev.mooring.worker.MooringWorker;
import dev.mooring.worker.WorkerConfig;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Outdated members of a cluster that streams, healed by whole runs on real servers. */
@Timeout(180)
class ResilverIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static Lab lab;
  private static Service service;
  private static MooringWorker worker;

  @BeforeAll
  static void raise() throws SQLException {
    lab = Lab.up(LabPlan.streaming(2).named("mend"));
    ask("east-0", "CREATE TABLE lab.written (at timestamptz)");
    lab.snapshot();
    service = new Service(lab.name());
    worker =
        new MooringWorker(
            service.client(),
            new WorkerConfig(
                List.of(new SiteName("east"), new SiteName("west")),
                lab.configDirectory(),
                Optional.empty(),
                new WorkerConfig.Temporal(Optional.of(service.address()), Optional.empty())),
            lab.environment(),
            Path.of(System.getProperty("user.home")),
            List.of());
  }

  @AfterEach
  void backToTheBeginning() {
    lab.restore();
  }

  @AfterAll
  static void strike() {
    worker.close();
    service.close();
    lab.close();
  }

  @Test
  void a_primary_that_diverged_is_rewound_and_a_lost_directory_copied_in_one_run()
      throws SQLException {
    ask("west-0", "SELECT pg_promote()");
    ask("east-0", "INSERT INTO lab.written VALUES (now())");
    kill("east-0");
    ask("west-0", "INSERT INTO lab.written VALUES (now()), (now())");
    kill("east-1");
    LabInstance lost = lab.instance("east-1");
    lab.run(lost.host(), "find", lost.dataDirectory().toString(), "-mindepth", "1", "-delete");

    WorkflowStub looked = run("plan", "");
    assertThat(looked.getResult(ResilverResult.class).headline())
        .isEqualTo("2 can be made good standbys: east-0 by REWIND, east-1 by BASE_BACKUP");
    Plan plan = looked.query("plan", Plan.class);
    try (Prober prober = lab.prober()) {
      ResilverResult result = run("execute", plan.digest()).getResult(ResilverResult.class);
      assertThat(result.headline())
          .isEqualTo("good standbys again: east-0 by REWIND, east-1 by BASE_BACKUP");
      assertThat(prober.seen()).allMatch(seen -> seen.instance().equals("west-0"));
      assertThat(result.proof().toString())
          .contains("transactions that only it has, value=1")
          .contains("COMMIT");
    }
    for (String standby : List.of("east-0", "east-1")) {
      assertThat(ask(standby, "SELECT count(*), pg_is_in_recovery() FROM lab.written"))
          .isEqualTo("2 t");
    }
    assertThat(ask("west-0", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"))
        .isEqualTo("2");
    assertThat(run("execute", "").getResult(ResilverResult.class).headline())
        .isEqualTo("every member of mend streams: nothing to do");
  }

  @Test
  void where_no_rewind_can_be_done_it_is_copied_once_somebody_approves_and_the_old_data_is_kept()
      throws SQLException {
    ask("west-0", "SELECT pg_promote()");
    ask("east-0", "INSERT INTO lab.written VALUES (now())");
    kill("east-0");
    ask("west-0", "REVOKE ALL ON FUNCTION pg_ls_dir(text, boolean, boolean) FROM lab_replication");
    kill("east-1");
    LabInstance corrupt = lab.instance("east-1");
    lab.run(corrupt.host(), "rm", corrupt.dataDirectory() + "/PG_VERSION");
    WorkflowStub run = run("execute", "");
    Soon.soon(
        "an approval is waited for",
        () -> run.query("progress", Progress.class).headline().startsWith("waits for an approval"));
    RawRequest approval =
        Typed.json(
            "{'decision':'approve','by':'bob','reason':'looked at','digest':'"
                + run.query("plan", Plan.class).digest()
                + "'}");
    assertThat(run.update("decide", String.class, approval)).contains("bob");
    ResilverResult result = run.getResult(ResilverResult.class);
    assertThat(result.headline())
        .isEqualTo("good standbys again: east-0 by REWIND, east-1 by BASE_BACKUP");
    assertThat(result.proof().toString())
        .contains(
            "name=no rewind, value=FAILED: ", "permission denied", "PG_VERSION can't be read");
    for (String standby : List.of("east-0", "east-1")) {
      assertThat(ask(standby, "SELECT count(*), pg_is_in_recovery() FROM lab.written"))
          .isEqualTo("0 t");
      LabInstance healed = lab.instance(standby);
      assertThat(lab.run(healed.host(), "ls", healed.host().data().toString()))
          .contains(standby + ".mooring-old-")
          .doesNotContain(".mooring-new", ".mooring-rewind", ".mooring-removed");
    }
  }

  @Test
  void of_two_promoted_at_one_position_the_other_would_be_copied_and_the_old_primary_follow()
      throws SQLException {
    // one that can read the archive sees there that the timeline was taken, and takes another
    ask("west-0", "ALTER SYSTEM SET restore_command = ''");
    lab.stop(lab.instance("west-0"));
    lab.start(lab.instance("west-0"));
    Await.until(LIMIT, ResilverIT::bothStream, () -> "the two do not stream from east-0");
    lab.stop(lab.instance("east-0"));
    ask("east-1", "SELECT pg_promote()");
    ask("east-1", "INSERT INTO lab.written VALUES (now())");
    lab.stop(lab.instance("east-1"));
    ask("west-0", "SELECT pg_promote()");
    ask("west-0", "INSERT INTO lab.written VALUES (now()), (now())");

    ResilverResult planned = run("plan", "").getResult(ResilverResult.class);
    assertThat(planned.headline())
        .isEqualTo("2 can be made good standbys: east-0 by FOLLOW, east-1 by BASE_BACKUP");
    assertThat(planned.proof().toString()).contains("it was a primary on timeline 2 itself");
  }

  @Test
  void one_that_was_only_down_follows_as_it_is_and_asks_nobody() throws SQLException {
    lab.stop(lab.instance("west-0"));
    ask("east-0", "INSERT INTO lab.written VALUES (now())");
    assertThat(run("execute", "").getResult(ResilverResult.class).headline())
        .isEqualTo("good standbys again: west-0 by FOLLOW");
    assertThat(ask("west-0", "SELECT count(*) FROM lab.written")).isEqualTo("1");
  }

  @Test
  void two_that_take_writes_are_nobodys_to_mend() throws SQLException {
    ask("west-0", "SELECT pg_promote()");
    EndingRecord refused = Stage.endingOf(run("execute", ""));
    assertThat(refused.outcome()).isEqualTo("Refused");
    assertThat(refused.code()).isEqualTo("TWO_PRIMARIES");
  }

  private static boolean bothStream() {
    try {
      return ask("east-0", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
          .equals("2");
    } catch (SQLException notYet) {
      return false;
    }
  }

  private static WorkflowStub run(String mode, String digest) {
    return service.start(
        "Resilver",
        String.format(
            "{\"cluster\":\"mend\",\"mode\":\"%s\",\"digest\":\"%s\",\"by\":\"alice\"}",
            mode, digest));
  }

  private static void kill(String instance) {
    lab.faults().signalAll(lab.instance(instance), Signal.KILL);
  }

  private static String ask(String instance, String sql) throws SQLException {
    try (Connection connection = lab.connect(lab.instance(instance));
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        StringBuilder fields = new StringBuilder(row.getString(1));
        for (int i = 2; i <= row.getMetaData().getColumnCount(); i++) {
          fields.append(' ').append(row.getString(i));
        }
        return fields.toString();
      }
    }
  }
}
