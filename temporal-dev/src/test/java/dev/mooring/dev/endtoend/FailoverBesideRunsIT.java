package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.failover.FailoverResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.topology.ClusterName;
import dev.mooring.worker.hooks.HookFile;
import dev.mooring.worker.hooks.HookServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failovers beside a run that has a lock, and after another one. */
@Tag("all")
@Tag("heavy")
class FailoverBesideRunsIT extends FailoverStage {
  private static final String FOLLOWING =
      "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()";

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** As Alertmanager calls, twice; whoever is woken finds the plan, and approves it. */
  @Test
  void an_alert_starts_one_failover_which_waits_for_a_person(@TempDir Path directory)
      throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("hooks.yaml"),
            """
            listen: 127.0.0.1:0
            hooks:
              - name: alertmanager
                format: alertmanager
                bearer: env:TOKEN
                rules:
                  - {match: {/labels/alertname: PrimaryDown}, cluster: /labels/cluster, runbook: failover}
            """);
    try (HookServer hooks =
        new HookServer(
            HookFile.read(file),
            stage.service.client(),
            name -> Optional.of("a token"),
            new ClusterName("strait")::equals,
            new SimpleMeterRegistry())) {
      FailoverFaults.kill("east-0");
      String run = called(hooks).path("run").asText();
      assertThat(called(hooks).path("started").asBoolean(true)).isFalse();
      Mooring mooring = stage.mooring();
      WorkflowStub waits = stage.service.client().newUntypedWorkflowStub(run);
      Soon.soon(
          "it waits for a person",
          () -> waits.query("progress", Progress.class).headline().contains("for an approval"));
      String digest = waits.query("plan", Plan.class).digest();
      Answer approved = mooring.type("approve " + run + " --by bob --reason x --digest " + digest);
      assertThat(approved.status()).as(approved.out() + approved.err()).isZero();
      assertThat(waits.getResult(FailoverResult.class).outcome()).isEqualTo("Completed");
    }
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  private static JsonNode called(HookServer hooks) throws Exception {
    String body =
        "{\"version\":\"4\",\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"PrimaryDown\","
            + "\"cluster\":\"strait\"},\"startsAt\":\"2026-11-27T17:00:00Z\",\"fingerprint\":\"4f2a91c0\"}]}";
    HttpRequest call =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + hooks.port() + "/hooks/alertmanager"))
            .header("Authorization", "Bearer a token")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    String answer =
        HttpClient.newHttpClient().send(call, HttpResponse.BodyHandlers.ofString()).body();
    return new ObjectMapper().readTree(answer).path(0);
  }

  /** It waits for an archive that a dead primary does not fill, and the emergency not for it. */
  @Test
  void a_publish_that_has_the_lock_is_stopped_and_named() throws SQLException {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    stage.hooks.before(
        PublishStep.AWAIT_ARCHIVE,
        () -> {
          reached.countDown();
          await(over);
        });
    WorkflowStub publish = stage.startPublish();
    await(reached);
    FailoverFaults.kill("east-0");
    FailoverResult result;
    try {
      result = failOver("");
    } finally {
      over.countDown();
    }
    assertThat(result.outcome()).isEqualTo("Completed");
    String id = publish.getExecution().getWorkflowId();
    assertThat(result.degraded())
        .anyMatch(
            line ->
                line.startsWith("PublishCycle (workflow " + id + ") was stopped for the lock of ")
                    && line.contains("; `mooring publish "));
    assertThatThrownBy(() -> publish.getResult(String.class)).isInstanceOf(WorkflowException.class);
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  /** Who may write changed a moment ago: somebody is to look before it changes again. */
  @Test
  void a_second_one_within_the_quiet_time_waits_for_a_person() throws SQLException {
    stage.amendClusterFile(
        now -> now + "failover: {automatic: {after: PT5S, quiet: PT1H, rehearsedWithin: P1D}}\n");
    Mooring mooring = stage.mooring();
    assertThat(mooring.type("check strait --rehearse").out()).contains("fences rehearsed");
    killOnceBothHaveAll();
    assertThat(failOver("").outcome()).isEqualTo("Completed");
    WorkflowStub run = start(",\"mode\":\"execute\",\"by\":\"alice\",\"when\":\"primary-down\"");
    Soon.soon("it watches", () -> headlineAndNotes(run).contains("knocks at west-0"));
    FailoverFaults.kill("west-0");
    Soon.soon("it asks", () -> headlineAndNotes(run).contains("waits for an approval"));
    assertThat(ask("east-1", "SELECT pg_is_in_recovery()")).isEqualTo("t");
    Plan plan = run.query("plan", Plan.class);
    assertThat(plan.measured().toString()).contains("unchanged for 1 h");
    Answer approved =
        mooring.type(
            "approve "
                + run.getExecution().getWorkflowId()
                + " --digest "
                + plan.digest()
                + " --by bob --reason looked");
    assertThat(approved.status()).as(approved.out() + approved.err()).isZero();
    assertThat(run.getResult(FailoverResult.class).outcome()).isEqualTo("Completed");
    assertThat(writerThroughPooler()).isEqualTo("east-1");
  }

  /** From that table a person picks whom to promote: control files are on timeline 1 still. */
  @Test
  void what_a_standby_has_is_shown_where_the_second_primary_died_too() throws SQLException {
    killOnceBothHaveAll();
    assertThat(failOver("").outcome()).isEqualTo("Completed");
    Soon.soon("east-1 follows", () -> ask("west-0", FOLLOWING).equals("1"));
    FailoverFaults.kill("west-0");
    assertThat(ask("east-1", "SELECT timeline_id FROM pg_control_checkpoint()")).isEqualTo("1");
    String received = ask("east-1", "SELECT pg_last_wal_receive_lsn()");
    assertThat(stage.mooring().type("whois strait").out())
        .containsPattern("east-1 +e1 +standby +2 +" + received + " +[0-9A-F/]+ +SQL ");
    assertThat(stage.mooring().type("status strait").out())
        .containsPattern("east-1 +e1 +standby .* +2 .*" + received + " +SQL .* east ")
        .containsPattern("west-0 +w0 +- +stopped, in production +2 .*[0-9A-F/]+ +pg_wal .* west ");
    FailoverFaults.kill("east-1");
    assertThat(stage.mooring().type("whois strait").out())
        .containsPattern(
            "east-1 +e1 +down +2 +" + received + " .* pg_wal; replayed: control file, at");
    stage.lab.start(stage.lab.instance("west-0"));
  }

  private static String headlineAndNotes(WorkflowStub run) {
    return run.query("progress", Progress.class).toString();
  }
}
