package dev.mooring.worker.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.contract.Limit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Invalid calls start nothing, and keep no other from its run. */
class HostileCallsTest extends HookCalls {
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
    try (Socket call = begun(large)) {
      assertThat(toItsEnd(call))
          .as("before its body is sent")
          .startsWith("HTTP/1.1 413 ")
          .contains("a body has at most 1 MiB");
    }
    assertThat(counted("none", "404")).isEqualTo(1);
    assertThat(counted("alertmanager", "405")).isEqualTo(1);
    assertThat(counted("alertmanager", "413")).isEqualTo(1);
  }

  @Test
  void a_body_in_chunks_is_read_up_to_its_limit() throws Exception {
    List<String> chunked =
        List.of(
            "POST /hooks/alertmanager HTTP/1.1",
            "Host: a",
            "Transfer-Encoding: chunked",
            "Authorization: Bearer a token");
    byte[] chunk = ("100001\r\n" + " ".repeat((1 << 20) + 1)).getBytes(StandardCharsets.US_ASCII);
    assertThat(answered(chunked, chunk)).startsWith("HTTP/1.1 413 ");
    assertThat(counted("alertmanager", "413")).isEqualTo(1);
  }

  /** As somebody who listens on the way may send it. */
  @Test
  void a_signed_call_that_is_replayed_within_its_time_finds_the_run_that_it_started()
      throws Exception {
    long time = now();
    JsonNode first = only(paged(page("a"), "a secret", time));
    assertThat(first.path("started").asBoolean()).isTrue();
    JsonNode again = only(paged(page("a"), "a secret", time));
    assertThat(again.path("started").asBoolean(true)).isFalse();
    assertThat(again.path("runId")).isEqualTo(first.path("runId"));
  }

  /** A signature names no hook: what was sent to one, and listened to, may be sent to the other. */
  @Test
  void two_signed_hooks_do_not_start_with_one_secret() {
    String another =
        """
          - name: chat
            format: json
            hmac: env:SECRET
            incident: /incident/id
            startsAt: /incident/since
            rules: [{cluster: strait, runbook: check}]
        """;
    assertThatThrownBy(() -> serve(FILE + another))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hook chat has the secret of another signed hook");
    assertThatCode(() -> serve(FILE + another.replace("SECRET", "PASSWORD")).close())
        .doesNotThrowAnyException();
    String token = another.replace("hmac: env:SECRET", "bearer: env:TOKEN");
    assertThatCode(() -> serve(FILE + token).close()).doesNotThrowAnyException();
  }

  /** The body of a call that is refused by its headers is not read, so none is sent. */
  private int unsigned(int which) throws Exception {
    return switch (which % 3) {
      case 0 -> paged(page("a"), "another", now()).statusCode();
      case 1 -> sent(call("pager").POST(BodyPublishers.noBody())).statusCode();
      default -> sent(call("alertmanager").POST(BodyPublishers.noBody())).statusCode();
    };
  }

  @Test
  void a_thousand_unsigned_calls_at_once_start_nothing() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(16);
    try {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        int which = i;
        calls.add(() -> unsigned(which));
      }
      for (Future<Integer> answer : callers.invokeAll(calls)) {
        assertThat(answer.get()).isIn(401, 429);
      }
    } finally {
      callers.shutdownNow();
    }
    assertThat(counted("pager", "401") + counted("alertmanager", "401"))
        .as("also those that are answered with 429")
        .isEqualTo(1000);
    assertThat(only(paged(page("a"), "a secret", now())).path("started").asBoolean()).isTrue();
    assertThat(only(alerted(alert("firing", "PrimaryDown"))).path("started").asBoolean()).isTrue();
  }

  @Test
  void a_thousand_calls_in_a_burst_start_as_many_runs_as_the_file_says() throws Exception {
    int taken = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      String body =
          String.format(
              "{\"database\":\"strait\",\"incident\":{\"id\":\"%d\",\"since\":\"2026-11-27T17:00:00Z\"}}",
              i);
      taken += withinLimit(paged(body, "a secret", now()), 200, "starts 20 runs in a minute");
    }
    assertThat(taken).isBetween(20, allowedSince(begin));
  }

  /** 1 if it is answered with that status, and 0 if it is one too many, which is said. */
  private static int withinLimit(HttpResponse<String> answer, int status, String otherwise)
      throws IOException {
    if (answer.statusCode() == status) {
      return 1;
    }
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(sentence(answer)).contains(otherwise);
    return 0;
  }

  /** At most: 20 at once, and those that came back while the calls were made. */
  private static int allowedSince(long begin) {
    return 20 + (int) (Duration.ofNanos(System.nanoTime() - begin).toSeconds() / 3);
  }

  /** As long as it likes, and with each of its threads the worker would take no other call. */
  @Test
  void a_body_that_comes_byte_by_byte_is_given_up() throws Exception {
    server.close();
    server = serve(FILE, Duration.ofSeconds(1));
    try (Socket call = begun(longPage())) {
      call.setSoTimeout(250);
      BufferedReader answer =
          new BufferedReader(
              new InputStreamReader(call.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(byteByByte(call.getOutputStream(), answer)).startsWith("HTTP/1.1 408 ");
    }
  }

  /** The first line of the answer. */
  private static String byteByByte(OutputStream body, BufferedReader answer) throws IOException {
    for (int i = 0; i < 240; i++) {
      body.write(' ');
      try {
        return answer.readLine();
      } catch (SocketTimeoutException noneYet) {
        // the next byte follows
      }
    }
    throw new AssertionError("no answer after 240 bytes");
  }

  /** The answer of a server that then closes the connection. */
  private static String toItsEnd(Socket call) throws IOException {
    call.setSoTimeout((int) Limit.seconds(30).toMillis());
    return new String(call.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private static List<String> longPage() {
    return List.of(
        "POST /hooks/pager HTTP/1.1",
        "Host: a",
        "Content-Length: 1000",
        HookedCall.TIME + ": " + now(),
        HookedCall.SIGNATURE + ": sha256=0");
  }

  /** Their headers need no secret. No thread waits for their bodies, and only 64 are in memory. */
  @Test
  void calls_whose_bodies_do_not_come_delay_no_valid_call() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    ExecutorService readers = Executors.newCachedThreadPool();
    CompletionService<String> answers = new ExecutorCompletionService<>(readers);
    try {
      for (int i = 0; i < 100; i++) {
        Socket call = begun(longPage());
        stalled.add(call);
        var unused = answers.submit(() -> toItsEnd(call));
      }
      for (int i = 64; i < 100; i++) {
        assertThat(answers.take().get()).startsWith("HTTP/1.1 503 ");
      }
      assertThat(counted("pager", "503")).isEqualTo(36);
      assertThat(alerted(alert("firing", "PrimaryDown")).statusCode()).isEqualTo(200);
      assertThat(paged(page("a"), "a secret", now()).statusCode()).isEqualTo(200);
    } finally {
      readers.shutdownNow();
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }

  private static String page(String incident) {
    return String.format(
        "{\"database\":\"strait\",\"incident\":{\"id\":\"%s\",\"since\":\"2026-11-27T17:00:00Z\"}}",
        incident);
  }

  @Test
  void failed_calls_over_the_limit_get_429_and_block_no_valid_call() throws Exception {
    String failed = "more than 20 calls of this hook failed in a minute";
    int within = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < 40; i++) {
      within += withinLimit(paged(page("a"), "another", now()), 401, failed);
      within += withinLimit(paged("not json", "a secret", now()), 400, failed);
    }
    assertThat(within).isBetween(20, allowedSince(begin));
    assertThat(counted("pager", "401")).isEqualTo(40);
    assertThat(counted("pager", "400")).isEqualTo(40);
    assertThat(paged(page("a"), "a secret", now()).statusCode()).isEqualTo(200);
  }

  /** A run that goes on for hours is named by its alert again and again. */
  @Test
  void repeats_of_an_incident_use_up_no_run_of_another() throws Exception {
    for (int i = 0; i < 30; i++) {
      assertThat(paged(page("a"), "a secret", now()).statusCode()).isEqualTo(200);
    }
    assertThat(only(paged(page("b"), "a secret", now())).path("started").asBoolean()).isTrue();
  }

  @Test
  void a_repeat_of_an_incident_finds_its_run_if_no_other_may_be_started_now() throws Exception {
    JsonNode first = only(paged(page("a"), "a secret", now()));
    for (int i = 0; paged(page("b" + i), "a secret", now()).statusCode() != 429; i++) {
      assertThat(i).isLessThan(1000);
    }
    JsonNode again = only(paged(page("a"), "a secret", now()));
    assertThat(again.path("started").asBoolean(true)).isFalse();
    assertThat(again.path("runId")).isEqualTo(first.path("runId"));
  }

  /** Alertmanager comes again by itself, and then Temporal may be back. */
  @Test
  void an_alert_that_temporal_does_not_take_uses_up_no_run() throws Exception {
    serveWithoutTemporal(FILE.replace("perMinute: 20", "perMinute: 1"));
    temporal.close();
    for (int i = 0; i < 3; i++) {
      assertThat(paged(page("a"), "a secret", now()).statusCode()).isEqualTo(503);
    }
  }
}
