package dev.mooring.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mooring.activities.watch.ObservedRoles.Answer;
import dev.mooring.activities.watch.ObservedRoles.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Metrics, health and the roles of members over plain HTTP, for a scraper and a load balancer on
 * the same network, and packed payloads for who looks at a history.
 */
final class WorkerHttp implements AutoCloseable {
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final int OK = 200;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  private final Optional<HttpServer> server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "http");
            thread.setDaemon(true);
            return thread;
          });

  private WorkerHttp(Optional<HttpServer> server) {
    this.server = server;
  }

  /**
   * Serves there, or nowhere when no address is given.
   *
   * @param roles whether a member has a role
   */
  static WorkerHttp serve(
      Optional<WorkerConfig.HttpAddress> at,
      WorkerMetrics metrics,
      Supplier<Health> health,
      BiFunction<Role, String, Answer> roles) {
    WorkerHttp http = new WorkerHttp(at.map(WorkerHttp::bound));
    http.server.ifPresent(
        server -> {
          server.createContext("/metrics", each -> answer(each, OK, METRICS, metrics.text()));
          server.createContext("/health", each -> answer(each, health.get()));
          server.createContext("/primary/", each -> answer(each, roles, Role.PRIMARY));
          server.createContext("/replica/", each -> answer(each, roles, Role.REPLICA));
          server.createContext(CodecHttp.PATH, CodecHttp::answer);
          server.setExecutor(http.threads);
          server.start();
        });
    return http;
  }

  private static HttpServer bound(WorkerConfig.HttpAddress at) {
    try {
      return HttpServer.create(new InetSocketAddress(at.host(), at.port()), 0);
    } catch (IOException | IllegalArgumentException unable) {
      throw new StartRefused(
          "metrics and health can't be served on " + at + ": " + unable.getMessage(),
          "choose another with --http-port or MOORING_HTTP; 0 turns it off");
    }
  }

  private static void answer(HttpExchange exchange, Health health) throws IOException {
    answer(exchange, health.ready() ? OK : UNAVAILABLE, "application/json", health.json());
  }

  /** Of the path what follows the role. */
  private static void answer(
      HttpExchange exchange, BiFunction<Role, String, Answer> roles, Role role) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Answer answer = roles.apply(role, path.substring(exchange.getHttpContext().getPath().length()));
    answer(exchange, answer.holds() ? OK : UNAVAILABLE, "text/plain", answer.words() + "\n");
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      boolean read = exchange.getRequestMethod().equals("GET");
      byte[] body = (read ? text : "only GET is answered\n").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", read ? type : "text/plain");
      exchange.sendResponseHeaders(read ? status : METHOD_NOT_ALLOWED, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  @Override
  public String toString() {
    return server.map(on -> "http on port " + on.getAddress().getPort()).orElse("no http");
  }

  @Override
  public void close() {
    server.ifPresent(running -> running.stop(0));
    threads.shutdownNow();
  }
}
