package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.watch.ObservedRoles.Answer;
import dev.mooring.activities.watch.ObservedRoles.Role;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a load balancer is told. */
class WorkerHttpTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private static Answer answer(Role role, String path) {
    return new Answer(
        role == Role.PRIMARY && path.equals("strait/east-0"), path + " is asked for as " + role);
  }

  private HttpResponse<String> said(int port, String method, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void a_role_is_200_or_503_and_says_why() throws Exception {
    try (WorkerHttp http =
        WorkerHttp.serve(
            Optional.of(new WorkerConfig.HttpAddress("127.0.0.1", 0)),
            new WorkerHttp.Answers(
                () -> "not asked",
                () -> {
                  throw new IllegalStateException("not asked");
                },
                WorkerHttpTest::answer,
                CompletableFuture::new,
                Set.of("https://ui.example.org")))) {
      int port = http.port().orElseThrow();
      HttpResponse<String> primary = said(port, "GET", "/primary/strait/east-0");
      assertThat(primary.statusCode()).isEqualTo(200);
      assertThat(primary.body()).isEqualTo("strait/east-0 is asked for as PRIMARY\n");
      HttpResponse<String> replica = said(port, "GET", "/replica/east-0");
      assertThat(replica.statusCode()).isEqualTo(503);
      assertThat(replica.body()).isEqualTo("east-0 is asked for as REPLICA\n");
      assertThat(said(port, "POST", "/primary/strait/east-0").statusCode()).isEqualTo(405);
      assertThat(said(port, "GET", "/primary").statusCode()).isEqualTo(404);
    }
  }

  /** A page that never comes and clients that send nothing keep no other from its answer. */
  @Test
  void who_waits_or_sends_nothing_delays_nobody() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    try (WorkerHttp http =
        WorkerHttp.serve(
            Optional.of(new WorkerConfig.HttpAddress("127.0.0.1", 0)),
            new WorkerHttp.Answers(
                () -> "up 1\n",
                () -> new Health(true, Health.TEMPORAL_SERVES, List.of()),
                WorkerHttpTest::answer,
                CompletableFuture::new,
                Set.of("https://ui.example.org")))) {
      int port = http.port().orElseThrow();
      for (String begun :
          List.of(
              "GET /prim",
              "POST /codec/decode HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{",
              "GET / HTTP/1.1\r\nHost: a\r\n\r\n")) {
        for (int i = 0; i < 30; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
          socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
          stalled.add(socket);
        }
      }
      assertThat(said(port, "GET", "/health").statusCode()).isEqualTo(200);
      assertThat(said(port, "GET", "/metrics").body()).isEqualTo("up 1\n");
      assertThat(said(port, "GET", "/primary/strait/east-0").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }

  /** Metrics and health that hang, as with a Temporal that does not answer. */
  @Test
  @Timeout(60)
  void calls_that_hang_leave_threads_for_role_checks() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (WorkerHttp http =
        WorkerHttp.serve(
            Optional.of(new WorkerConfig.HttpAddress("127.0.0.1", 0)),
            new WorkerHttp.Answers(
                () -> hanging(over, ""),
                () -> hanging(over, new Health(true, Health.TEMPORAL_SERVES, List.of())),
                WorkerHttpTest::answer,
                CompletableFuture::new,
                Set.of("https://ui.example.org")))) {
      URI at = URI.create("http://127.0.0.1:" + http.port().orElseThrow());
      List<CompletableFuture<HttpResponse<String>>> hanging = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        hanging.add(client.sendAsync(get(at.resolve("/metrics")), BodyHandlers.ofString()));
        hanging.add(client.sendAsync(get(at.resolve("/health")), BodyHandlers.ofString()));
      }
      for (int i = 0; i < 10; i++) {
        assertThat(client.send(get(at.resolve("/primary/strait/east-0")), BodyHandlers.ofString()))
            .extracting(HttpResponse::statusCode)
            .isEqualTo(200);
      }
      over.countDown();
      for (CompletableFuture<HttpResponse<String>> one : hanging) {
        assertThat(one.get().statusCode()).isIn(200, 503);
      }
    }
  }

  private static HttpRequest get(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build();
  }

  private static <T> T hanging(CountDownLatch over, T answer) {
    try {
      over.await();
      return answer;
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private HttpResponse<String> decoded(int port, String... origin) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/codec/decode"))
            .POST(BodyPublishers.ofString("{\"payloads\":[]}"));
    for (String page : origin) {
      request.header("Origin", page);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static WorkerHttp serving() {
    return WorkerHttp.serve(
        Optional.of(new WorkerConfig.HttpAddress("127.0.0.1", 0)),
        new WorkerHttp.Answers(
            () -> "",
            () -> new Health(true, Health.TEMPORAL_SERVES, List.of()),
            WorkerHttpTest::answer,
            CompletableFuture::new,
            Set.of("https://ui.example.org")));
  }

  /** A page of another origin has nothing unpacked, even by a request that a browser just sends. */
  @Test
  void the_codec_answers_pages_of_configured_origins() throws Exception {
    try (WorkerHttp http = serving()) {
      int port = http.port().orElseThrow();
      HttpResponse<String> known = decoded(port, "https://ui.example.org");
      assertThat(known.statusCode()).isEqualTo(200);
      assertThat(known.headers().firstValue("Access-Control-Allow-Origin"))
          .contains("https://ui.example.org");
      assertThat(known.headers().firstValue("Vary")).contains("Origin");
      HttpResponse<String> foreign = decoded(port, "https://evil.example.org");
      assertThat(foreign.statusCode()).isEqualTo(403);
      assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
      assertThat(decoded(port).body()).isEqualTo("{\"payloads\":[]}");
    }
  }

  /** Three bodies of the greatest length take all the room; it is free again after them. */
  @Test
  @Timeout(60)
  void the_codec_holds_so_many_bytes_at_once() throws Exception {
    try (WorkerHttp http = serving();
        Socket first = begun(http);
        Socket second = begun(http);
        Socket third = begun(http)) {
      int port = http.port().orElseThrow();
      assertThat(decoded(port).statusCode()).isEqualTo(503);
      first.shutdownOutput();
      second.shutdownOutput();
      assertThat(second.getInputStream().readAllBytes()).isNotEmpty();
      assertThat(third.isClosed()).isFalse();
      while (decoded(port).statusCode() != 200) {
        Thread.onSpinWait();
      }
    }
  }

  /** One whose body is awaited: 100 Continue says so. */
  private static Socket begun(WorkerHttp http) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port().orElseThrow());
    socket
        .getOutputStream()
        .write(
            String.join(
                    "\r\n",
                    "POST /codec/decode HTTP/1.1",
                    "Host: a",
                    "Expect: 100-continue",
                    "Content-Length: 8000000",
                    "",
                    "")
                .getBytes(StandardCharsets.US_ASCII));
    assertThat(socket.getInputStream().readNBytes(25))
        .startsWith("HTTP/1.1 100".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
