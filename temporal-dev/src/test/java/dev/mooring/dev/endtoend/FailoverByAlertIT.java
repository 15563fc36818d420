package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.ClusterName;
import dev.mooring.worker.hooks.HookFile;
import dev.mooring.worker.hooks.HookServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failover that an alert starts, and a person approves, on real servers. */
@Tag("all")
@Tag("heavy")
class FailoverByAlertIT extends FailoverStage {
  /** As Alertmanager calls, twice; whoever is woken is told the words to approve it by. */
  @Test
  void an_alert_starts_one_failover_which_waits_for_a_person(@TempDir Path directory)
      throws Exception {
    Path reported = directory.resolve("told");
    stage.amendClusterFile(
        now ->
            now
                + "notices: {channels: [{name: pager, command: \"printf '%s' {text} >"
                + reported
                + "\"}]}\n");
    try (HookServer hooks =
        new HookServer(
            HookFile.read(hooksFile(directory)),
            stage.service.client(),
            name -> Optional.of("a token"),
            new ClusterName("strait")::equals,
            new SimpleMeterRegistry())) {
      FailoverFaults.kill("east-0");
      String run = called(hooks).path("run").asText();
      assertThat(called(hooks).path("started").asBoolean(true)).isFalse();
      Mooring mooring = stage.mooring();
      WorkflowStub waits = stage.service.client().newUntypedWorkflowStub(run);
      untilAPersonIsAsked(waits);
      String digest = waits.query("plan", Plan.class).digest();
      Soon.soon("people are notified", () -> Files.exists(reported) && Files.size(reported) > 0);
      assertThat(Files.readString(reported))
          .contains("verdict on east-0: ", "mooring approve " + run + " --digest " + digest);
      Answer approved = mooring.type("approve " + run + " --by bob --reason x --digest " + digest);
      assertThat(approved.status()).as(approved.out() + approved.err()).isZero();
      assertThat(waits.getResult(RoleChangeResult.class).outcome()).isEqualTo("Completed");
    }
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  private static Path hooksFile(Path directory) throws IOException {
    return Files.writeString(
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
}
