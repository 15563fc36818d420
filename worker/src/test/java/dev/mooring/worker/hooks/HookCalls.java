package dev.mooring.worker.hooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RunbookDataConverter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real HTTP server for hooks before Temporal's own test server, and calls to it. */
abstract class HookCalls {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String FAILOVER = "mooring:strait:failover:4f2a91c0d3b5e6f7:20261127T170000Z";

  static final String FILE =
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

  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final HttpClient http = HttpClient.newHttpClient();
  TestWorkflowEnvironment temporal;
  HookServer server;

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
    server = serve(FILE);
  }

  /** A server of that file, which gives up no body while a test lasts. */
  HookServer serve(String text) throws Exception {
    return serve(text, Duration.ofMinutes(5));
  }

  /** The same, with a time limit for bodies. */
  HookServer serve(String text, Duration bodyWithin) throws Exception {
    return serve(text, bodyWithin, HookedRuns.WITHIN);
  }

  /**
   * Another server in its place, before a Temporal that is not there: no call waits for it long.
   */
  void serveWithoutTemporal(String text) throws Exception {
    server.close();
    server = serve(text, Duration.ofMinutes(5), Duration.ofMillis(500));
  }

  private HookServer serve(String text, Duration bodyWithin, Duration temporalWithin)
      throws Exception {
    Map<String, String> secrets =
        Map.of("TOKEN", "a token", "SECRET", "a secret", "PASSWORD", "a password");
    return new HookServer(
        HookFile.read(Files.writeString(directory.resolve("hooks.yaml"), text)),
        temporal.getWorkflowClient(),
        name -> Optional.ofNullable(secrets.get(name)),
        new ClusterName("strait")::equals,
        metrics,
        bodyWithin,
        temporalWithin);
  }

  @AfterEach
  void down() {
    server.close();
    temporal.close();
  }

  static String alert(String status, String name) {
    return String.format(
        "{\"version\":\"4\",\"alerts\":[{\"status\":\"%s\",\"labels\":{\"alertname\":\"%s\","
            + "\"cluster\":\"strait\",\"site\":\"west\"},\"annotations\":{},"
            + "\"startsAt\":\"2026-11-27T17:00:00.123Z\",\"fingerprint\":\"4f2a91c0d3b5e6f7\"}]}",
        status, name);
  }

  HttpRequest.Builder call(String hook) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.port() + "/hooks/" + hook));
  }

  HttpResponse<String> sent(HttpRequest.Builder call) throws Exception {
    return http.send(call.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> alerted(String body) throws Exception {
    return sent(
        call("alertmanager")
            .header("Authorization", "Bearer a token")
            .POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> paged(String body, String secret, long time) throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return sent(
        call("pager")
            .header(HookedCall.TIME, String.valueOf(time))
            .header(
                HookedCall.SIGNATURE,
                "sha256=" + HookedCall.hmac(secret, String.valueOf(time), bytes))
            .POST(BodyPublishers.ofByteArray(bytes)));
  }

  /** A call whose headers are like those of a signed one. */
  HttpResponse<String> paged(long time) throws Exception {
    return sent(
        call("pager")
            .header(HookedCall.TIME, String.valueOf(time))
            .header(HookedCall.SIGNATURE, "sha256=0")
            .POST(BodyPublishers.noBody()));
  }

  static long now() {
    return Instant.now().getEpochSecond();
  }

  static JsonNode only(HttpResponse<String> answer) throws IOException {
    return JSON.readTree(answer.body()).get(0);
  }

  /** Why a call, or the first of its alerts, was refused. */
  static String sentence(HttpResponse<String> answer) throws IOException {
    JsonNode said = JSON.readTree(answer.body());
    return (said.isArray() ? said.get(0) : said).path("error").asText();
  }

  double counted(String hook, String status) {
    return Optional.ofNullable(
            metrics.find("mooring.hook.calls").tags("hook", hook, "status", status).counter())
        .map(counter -> counter.count())
        .orElse(0.0);
  }

  /** The first line of the answer to a call of whose body that much comes. */
  String answered(List<String> head, byte[] body) throws IOException {
    try (Socket socket = begun(head)) {
      socket.getOutputStream().write(body);
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .readLine();
    }
  }

  /** A call whose body does not come yet. */
  Socket begun(List<String> head) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket
        .getOutputStream()
        .write((String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
