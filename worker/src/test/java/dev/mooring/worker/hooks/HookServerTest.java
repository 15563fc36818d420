package dev.mooring.worker.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.watch.ReplicationWatchImpl;
import dev.mooring.runbook.watch.ReplicationWatchWorkflow;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls as Alertmanager and others make them, to a real HTTP server before Temporal's own. */
class HookServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FAILOVER =
      "mooring:strait:failover:4f2a91c0d3b5e6f7:20261127T170000Z";

  private static final String FILE =
      """
      listen: 127.0.0.1:0
      webUi: https://temporal.example.org/
      hooks:
        - name: alertmanager
          format: alertmanager
          bearer: env:TOKEN
          rules:
            - match: {/labels/alertname: PrimaryDown}
              cluster: /labels/cluster
              runbook: failover
            - match: {/labels/alertname: SiteTooOld}
              cluster: strait
              runbook: consume
              arguments: {site: /labels/site}
        - name: pager
          format: json
          hmac: env:SECRET
          perMinute: 20
          incident: /incident/id
          startsAt: /incident/since
          rules:
            - cluster: strait
              match: {/kind: named}
              runbook: /do/runbook
              runbooks: [check, consume]
              arguments: {site: /do/site}
            - {cluster: /database, runbook: publish}
      """;

  @TempDir Path directory;

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final HttpClient http = HttpClient.newHttpClient();
  private TestWorkflowEnvironment temporal;
  private HookServer server;

  @BeforeEach
  void up() throws Exception {
    TestEnvironmentOptions.Builder options =
        TestEnvironmentOptions.newBuilder()
            .setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(RunbookDataConverter.create())
                    .build());
    SearchAttributes.ALL.forEach(
        key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
    temporal = TestWorkflowEnvironment.newInstance(options.build());
    Path file = Files.writeString(directory.resolve("hooks.yaml"), FILE);
    server =
        new HookServer(
            HookFile.read(file),
            temporal.getWorkflowClient(),
            name -> Optional.ofNullable(Map.of("TOKEN", "a token", "SECRET", "a secret").get(name)),
            new ClusterName("strait")::equals,
            metrics);
  }

  @AfterEach
  void down() {
    server.close();
    temporal.close();
  }

  private static String alert(String status, String name) {
    return String.format(
        "{\"version\":\"4\",\"alerts\":[{\"status\":\"%s\",\"labels\":{\"alertname\":\"%s\","
            + "\"cluster\":\"strait\",\"site\":\"west\"},\"annotations\":{},"
            + "\"startsAt\":\"2026-11-27T17:00:00.123Z\",\"fingerprint\":\"4f2a91c0d3b5e6f7\"}]}",
        status, name);
  }

  private HttpRequest.Builder call(String hook) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.port() + "/hooks/" + hook));
  }

  private HttpResponse<String> sent(HttpRequest.Builder call) throws Exception {
    return http.send(call.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> alerted(String body) throws Exception {
    return sent(
        call("alertmanager")
            .header("Authorization", "Bearer a token")
            .POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> paged(String body, String secret, long time) throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return sent(
        call("pager")
            .header(HookedCall.TIME, String.valueOf(time))
            .header(
                HookedCall.SIGNATURE,
                "sha256=" + HookedCall.hmac(secret, String.valueOf(time), bytes))
            .POST(BodyPublishers.ofByteArray(bytes)));
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private static JsonNode only(HttpResponse<String> answer) throws IOException {
    return JSON.readTree(answer.body()).get(0);
  }

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

  private double counted(String hook, String status) {
    return Optional.ofNullable(
            metrics.find("mooring.hook.calls").tags("hook", hook, "status", status).counter())
        .map(counter -> counter.count())
        .orElse(0.0);
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

  /** No worker answers for the watch, so that nobody knows whether it is paused. */
  @Test
  void an_alert_starts_nothing_while_a_pause_can_not_be_read() throws Exception {
    watch();
    HttpResponse<String> answer = alerted(alert("firing", "PrimaryDown"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(only(answer).has("run")).isFalse();
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
    assertThat(paged(body, "another", now()).statusCode()).isEqualTo(401);
    assertThat(paged(body, "a secret", now() - 301).statusCode()).isEqualTo(401);
    // the server reads its clock later, so a second beyond the window may be within it by then
    assertThat(paged(body, "a secret", now() + 360).statusCode()).isEqualTo(401);
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
    HttpRequest.Builder call =
        call("alertmanager").POST(BodyPublishers.ofString(alert("firing", "PrimaryDown")));
    if (!brought.isEmpty()) {
      call.header("Authorization", brought);
    }
    assertThat(sent(call).statusCode()).isEqualTo(401);
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
    JsonNode said = JSON.readTree(answer.body());
    assertThat((said.isArray() ? said.get(0) : said).path("error").asText()).startsWith(sentence);
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
  void other_paths_methods_and_sizes_are_refused() throws Exception {
    assertThat(sent(call("nobody").POST(BodyPublishers.noBody())).statusCode()).isEqualTo(404);
    assertThat(sent(call("alertmanager").GET()).statusCode()).isEqualTo(405);
    List<String> large =
        List.of(
            "POST /hooks/alertmanager HTTP/1.1",
            "Host: a",
            "Content-Length: " + ((1 << 20) + 1),
            "Authorization: Bearer a token");
    assertThat(answered(large)).as("before its body is sent").startsWith("HTTP/1.1 413 ");
    assertThat(counted("none", "404")).isEqualTo(1);
  }

  @Test
  void a_thousand_calls_in_a_burst_start_as_many_runs_as_the_file_says() throws Exception {
    int taken = 0;
    for (int i = 0; i < 1000; i++) {
      String body =
          String.format(
              "{\"database\":\"strait\",\"incident\":{\"id\":\"%d\",\"since\":\"2026-11-27T17:00:00Z\"}}",
              i);
      int status = paged(body, "a secret", now()).statusCode();
      assertThat(status).isIn(200, 429);
      taken += status == 200 ? 1 : 0;
    }
    // and some that came back while they were made
    assertThat(taken).isBetween(20, 60);
  }

  @Test
  void an_argument_that_the_alert_does_not_tell_is_named() throws Exception {
    HttpResponse<String> answer =
        alerted(alert("firing", "SiteTooOld").replace("\"site\"", "\"place\""));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(only(answer).path("error").asText())
        .isEqualTo("the alert does not have all of the arguments {site=}");
  }

  /** As long as it likes, and with each of its threads the worker would take no other call. */
  @Test
  void a_body_that_comes_byte_by_byte_is_given_up() throws Exception {
    List<String> head =
        List.of(
            "POST /hooks/pager HTTP/1.1",
            "Host: a",
            "Content-Length: 1000",
            HookedCall.TIME + ": " + now(),
            HookedCall.SIGNATURE + ": sha256=0");
    assertThat(answered(head)).startsWith("HTTP/1.1 408 ");
  }

  /** The first line of the answer to a call whose body does not come. */
  private String answered(List<String> head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write((String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    }
  }

  /** Alertmanager comes again by itself. */
  @Test
  void without_temporal_it_says_so_and_the_call_may_be_made_again() throws Exception {
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
