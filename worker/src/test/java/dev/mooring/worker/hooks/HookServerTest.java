package dev.mooring.worker.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mooring.activities.temporal.OpenExecutions;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.watch.ReplicationWatchImpl;
import dev.mooring.runbook.watch.ReplicationWatchWorkflow;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.EncodedValues;
import io.temporal.workflow.DynamicWorkflow;
import io.temporal.workflow.Workflow;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls as Alertmanager and others make them, to a real HTTP server before Temporal's own. */
class HookServerTest extends HookCalls {
  private JsonNode request(String run) {
    var started =
        temporal
            .getWorkflowClient()
            .fetchHistory(run)
            .getEvents()
            .get(0)
            .getWorkflowExecutionStartedEventAttributes();
    return RunbookDataConverter.create()
        .fromPayloads(0, Optional.of(started.getInput()), RawRequest.class, RawRequest.class)
        .json();
  }

  @Test
  void an_alert_starts_its_run_once_which_makes_its_plan_and_waits_for_a_person() throws Exception {
    HttpResponse<String> first = alerted(alert("firing", "PrimaryDown"));
    assertThat(first.statusCode()).isEqualTo(200);
    JsonNode run = only(first);
    assertThat(run.path("run").asText()).isEqualTo(FAILOVER);
    assertThat(run.path("started").asBoolean()).isTrue();
    assertThat(run.path("url").asText())
        .isEqualTo(
            "https://temporal.example.org/namespaces/default/workflows/"
                + FAILOVER.replace(":", "%3A")
                + "/"
                + run.path("runId").asText());
    assertThat(request(FAILOVER).toString())
        .isEqualTo(
            "{\"cluster\":\"strait\",\"mode\":\"execute\",\"by\":\"hook alertmanager\","
                + "\"reason\":\"alert 4f2a91c0d3b5e6f7:20261127T170000Z\"}");

    JsonNode again = only(alerted(alert("firing", "PrimaryDown")));
    assertThat(again.path("started").asBoolean()).isFalse();
    assertThat(again.path("runId")).isEqualTo(run.path("runId"));
  }

  private ReplicationWatchWorkflow watch() {
    ReplicationWatchWorkflow watch =
        temporal
            .getWorkflowClient()
            .newWorkflowStub(
                ReplicationWatchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId("mooring:strait:watch")
                    .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                    .build());
    WorkflowStub.fromTyped(watch)
        .start(new RawRequest(JsonNodeFactory.instance.objectNode().put("cluster", "strait")));
    return watch;
  }

  private void pausedWatch() {
    temporal
        .newWorker(ActivityPolicies.SHARED_QUEUE)
        .registerWorkflowImplementationTypes(ReplicationWatchImpl.class);
    temporal.start();
    watch()
        .pause(
            new RawRequest(
                JsonNodeFactory.instance
                    .objectNode()
                    .put("by", "alice")
                    .put("reason", "new disks")));
  }

  @Test
  void an_alert_starts_nothing_while_automation_is_paused() throws Exception {
    pausedWatch();
    HttpResponse<String> answer = alerted(alert("firing", "PrimaryDown"));
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(only(answer).path("paused").asText()).contains("paused by alice: new disks");
    assertThat(only(answer).has("run")).isFalse();
  }

  @Test
  void an_alert_that_is_repeated_finds_its_run_while_automation_is_paused() throws Exception {
    JsonNode run = only(alerted(alert("firing", "PrimaryDown")));
    pausedWatch();
    JsonNode again = only(alerted(alert("firing", "PrimaryDown")));
    assertThat(again.path("started").asBoolean(true)).isFalse();
    assertThat(again.path("runId")).isEqualTo(run.path("runId"));
  }

  /** A watch that knows no query. */
  public static final class UnreadableWatch implements DynamicWorkflow {
    @Override
    public Object execute(EncodedValues request) {
      Workflow.await(() -> false);
      return "";
    }
  }

  /** Nobody knows whether automation is paused. */
  @Test
  void an_alert_starts_nothing_while_a_pause_can_not_be_read() throws Exception {
    temporal
        .newWorker(ActivityPolicies.SHARED_QUEUE)
        .registerWorkflowImplementationTypes(UnreadableWatch.class);
    temporal.start();
    watch();
    HttpResponse<String> answer = alerted(alert("firing", "PrimaryDown"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(only(answer).path("error").asText())
        .startsWith("Temporal does not take the run: mooring:strait:watch does not answer: ");
    assertThat(only(answer).has("run")).isFalse();
    assertThat(OpenExecutions.of(temporal.getWorkflowClient(), FAILOVER)).isEmpty();
  }

  /** Somebody ended it: the same incident does not begin anew. */
  @Test
  void an_incident_whose_run_is_over_starts_no_other() throws Exception {
    JsonNode run = only(alerted(alert("firing", "PrimaryDown")));
    temporal.getWorkflowClient().newUntypedWorkflowStub(FAILOVER).terminate("rejected");
    JsonNode again = only(alerted(alert("firing", "PrimaryDown")));
    assertThat(again.path("started").asBoolean()).isFalse();
    assertThat(again.path("runId")).isEqualTo(run.path("runId"));
  }

  @ParameterizedTest
  @CsvSource({
    "resolved, PrimaryDown, resolved: a failover that waits for an approval observes that itself",
    "resolved, SiteTooOld, resolved: consume waits for no approval",
    "resolved, DiskFull, no rule of hook alertmanager matches",
    "firing, DiskFull, no rule of hook alertmanager matches"
  })
  void what_is_over_and_what_no_rule_matches_starts_nothing(String status, String name, String why)
      throws Exception {
    HttpResponse<String> answer = alerted(alert(status, name));
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(only(answer).path("ignored").asText()).startsWith(why);
  }

  @Test
  void a_cluster_without_a_file_here_is_named() throws Exception {
    HttpResponse<String> answer =
        alerted(alert("firing", "PrimaryDown").replace("\"strait\"", "\"harbour\""));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(only(answer).path("error").asText())
        .isEqualTo("no cluster file of 'harbour' is here");
  }

  @Test
  void an_argument_comes_from_the_alert() throws Exception {
    JsonNode run = only(alerted(alert("firing", "SiteTooOld")));
    assertThat(run.path("run").asText())
        .isEqualTo("mooring:strait:consume:west:4f2a91c0d3b5e6f7:20261127T170000Z");
    assertThat(request(run.path("run").asText()).path("site").asText()).isEqualTo("west");
  }

  @Test
  void a_signed_call_of_another_sender_starts_what_its_pointers_say() throws Exception {
    String body =
        "{\"database\":\"strait\",\"incident\":{\"id\":\"INC"
            + " 7/a\",\"since\":\"2026-11-27T18:00:00+01:00\"}}";
    HttpResponse<String> answer = paged(body, "a secret", now());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(only(answer).path("run").asText())
        .matches("mooring:strait:publish:[0-9a-f]{16}:20261127T170000Z");
  }

  @Test
  void a_call_of_another_sender_needs_the_signature_and_the_time_of_now() throws Exception {
    isRefused(paged("{}", "another", now()), "not signed with the secret");
    isRefused(paged(now() - 301), "more than 5 minutes from");
    // the server reads its clock later, so a second beyond the window may be within it by then
    isRefused(paged(now() + 360), "more than 5 minutes from");
    isRefused(sent(call("pager").POST(BodyPublishers.noBody())), "must be Unix seconds");
  }

  private static void isRefused(HttpResponse<String> answer, String sentence) throws IOException {
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(sentence(answer)).contains(sentence);
  }

  private HttpResponse<String> named(String runbook) throws Exception {
    return paged(
        """
        {"kind":"named","do":{"runbook":"%s","site":"west","by":"alice","digest":"0"},
         "incident":{"id":"INC-9","since":"2026-11-27T17:00:00Z"}}
        """
            .formatted(runbook),
        "a secret",
        now());
  }

  @Test
  void a_call_names_one_of_the_runbooks_of_its_rule_and_no_other() throws Exception {
    String check = only(named("check")).path("run").asText();
    assertThat(check).isEqualTo("mooring:strait:check:INC-9:20261127T170000Z");
    assertThat(request(check).toString()).isEqualTo("{\"cluster\":\"strait\"}");
    String consume = only(named("consume")).path("run").asText();
    assertThat(request(consume).path("site").asText()).isEqualTo("west");
    assertThat(request(consume).path("by").asText()).isEqualTo("hook pager");
    HttpResponse<String> other = named("failover");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(only(other).path("error").asText())
        .isEqualTo("this rule starts [check, consume], not 'failover'");
  }

  @ParameterizedTest
  @CsvSource({"''", "Bearer", "Bearer another", "Basic a token"})
  void a_call_without_the_token_starts_nothing(String brought) throws Exception {
    HttpRequest.Builder call = call("alertmanager").POST(BodyPublishers.noBody());
    if (!brought.isEmpty()) {
      call.header("Authorization", brought);
    }
    isRefused(sent(call), "does not bring the token");
    assertThat(counted("alertmanager", "401")).isEqualTo(1);
    assertThat(only(alerted(alert("firing", "PrimaryDown"))).path("started").asBoolean())
        .as("nothing was there before")
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json | the body is not JSON",
        "[] | the body is no JSON object",
        "{} | the body has no list 'alerts'",
        "{\"alerts\":[{}]} | an alert does not name its incident",
        "{\"alerts\":[{\"fingerprint\":null}]} | an alert does not name its incident",
        "{\"alerts\":[{\"fingerprint\":\"a\",\"startsAt\":\"now\"}]} | startsAt must be a time"
      })
  void a_body_of_another_form_gets_one_sentence(String body, String sentence) throws Exception {
    HttpResponse<String> answer = alerted(body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(sentence(answer)).startsWith(sentence);
  }

  /** The one that tells that the primary is gone comes with others. */
  @Test
  void an_alert_that_is_wrong_keeps_no_other_of_its_call_from_its_run() throws Exception {
    String body =
        alert("firing", "PrimaryDown").replace("\"alerts\":[", "\"alerts\":[{\"labels\":{}},");
    HttpResponse<String> answer = alerted(body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).get(1).path("run").asText()).isEqualTo(FAILOVER);
  }

  /** A site that is gone brings many alerts at once, and one of them is that of the primary. */
  @Test
  void what_no_rule_matches_takes_nothing_of_the_runs_in_a_minute() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      many.append(
          String.format("{\"fingerprint\":\"%d\",\"startsAt\":\"2026-11-27T17:00:00Z\"},", i));
    }
    String body = alert("firing", "PrimaryDown").replace("\"alerts\":[", "\"alerts\":[" + many);
    HttpResponse<String> answer = alerted(body);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(answer.body()).get(200).path("run").asText()).isEqualTo(FAILOVER);
  }

  @Test
  void an_argument_that_the_alert_does_not_tell_is_named() throws Exception {
    HttpResponse<String> answer =
        alerted(alert("firing", "SiteTooOld").replace("\"site\"", "\"place\""));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(only(answer).path("error").asText())
        .isEqualTo("the alert does not have all of the arguments {site=}");
  }

  private Path keystore() throws Exception {
    Path keystore = directory.resolve("hooks.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "hooks",
                "-keyalg",
                "EC",
                "-dname",
                "CN=hooks",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keystore.toString(),
                "-storepass",
                "a password")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    return keystore;
  }

  private static HttpRequest alert(String scheme, int port) {
    return HttpRequest.newBuilder(
            URI.create(scheme + "://127.0.0.1:" + port + "/hooks/alertmanager"))
        .header("Authorization", "Bearer a token")
        .POST(BodyPublishers.ofString(alert("firing", "PrimaryDown")))
        .build();
  }

  @Test
  void with_a_keystore_calls_come_over_tls_alone() throws Exception {
    Path keystore = keystore();
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(KeyStore.getInstance(keystore.toFile(), "a password".toCharArray()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    String tls = "keystore: " + keystore + "\nkeystorePassword: env:PASSWORD\nwebUi:";
    try (HookServer secure = serve(FILE.replace("webUi:", tls))) {
      assertThatThrownBy(() -> http.send(alert("http", secure.port()), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
      HttpResponse<String> answer =
          HttpClient.newBuilder()
              .sslContext(context)
              .build()
              .send(alert("https", secure.port()), BodyHandlers.ofString());
      assertThat(only(answer).path("run").asText()).isEqualTo(FAILOVER);
      assertThat(only(answer).path("started").asBoolean()).as("none by plain HTTP").isTrue();
    }
  }

  /** Alertmanager comes again by itself. */
  @Test
  void without_temporal_it_says_so_and_the_call_may_be_made_again() throws Exception {
    serveWithoutTemporal(FILE);
    temporal.close();
    String one = alert("firing", "PrimaryDown");
    String alone = one.substring(one.indexOf('[') + 1, one.lastIndexOf(']'));
    HttpResponse<String> answer = alerted("{\"alerts\":[" + alone + "," + alone + "]}");
    assertThat(answer.statusCode()).isEqualTo(503);
    JsonNode said = JSON.readTree(answer.body());
    assertThat(said.get(1).path("error").asText())
        .isEqualTo(said.get(0).path("error").asText())
        .startsWith("Temporal does not take the run: ");
  }
}
