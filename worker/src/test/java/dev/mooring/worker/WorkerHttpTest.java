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
                CompletableFuture::new))) {
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
                CompletableFuture::new))) {
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
                CompletableFuture::new))) {
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
}
