package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mooring.contract.Limit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BoundedBodyTest {
  private static final Duration LIMIT = Limit.seconds(20);

  private final CountDownLatch hungUp = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void up() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/short", exchange -> answer(exchange, false));
    server.createContext("/endless", exchange -> answer(exchange, true));
    server.createContext("/begun", BoundedBodyTest::begin);
    server.start();
  }

  @AfterEach
  void down() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange, boolean endless) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] bytes = "an answer\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      do {
        exchange.getResponseBody().write(bytes);
      } while (endless);
    } finally {
      hungUp.countDown();
    }
  }

  /** The rest never comes. */
  private static void begin(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write('{');
    exchange.getResponseBody().flush();
  }

  @Test
  void a_body_within_the_limits_is_whole() throws Exception {
    assertThat(body("/short", BoundedBody.text(10_000, LIMIT)))
        .isEqualTo("an answer\n".repeat(1_000));
  }

  @Test
  void an_endless_body_ends_behind_the_limit_and_the_server_is_hung_up_on() throws Exception {
    assertThat(body("/endless", BoundedBody.bytes(15_000, LIMIT))).hasSize(15_001);
    assertThat(hungUp.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_body_that_does_not_end_in_time_is_no_answer() {
    assertThatThrownBy(() -> body("/begun", BoundedBody.bytes(15_000, Duration.ofMillis(300))))
        .isInstanceOf(HttpTimeoutException.class)
        .hasMessageContaining("did not end in 300 ms");
  }

  private <T> T body(String path, BodyHandler<T> handler) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), handler)
        .body();
  }
}
