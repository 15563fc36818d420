package dev.mooring.worker;

import dev.mooring.activities.watch.ObservedRoles.Answer;
import dev.mooring.activities.watch.ObservedRoles.Role;
import dev.mooring.worker.http.HttpListener;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Serves plain HTTP: the page of all clusters for people, metrics and health for a scraper, the
 * roles of members for a load balancer, and packed payloads for a reader of a history.
 */
final class WorkerHttp implements AutoCloseable {
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  /** How long a request waits for its turn; then it is answered 503. */
  private static final Duration WAITING_AT_MOST = Duration.ofSeconds(5);

  private final Optional<HttpListener> listener;

  private WorkerHttp(Optional<HttpListener> listener) {
    this.listener = listener;
  }

  /**
   * What is answered.
   *
   * @param metrics in Prometheus's text form
   * @param roles whether a member has a role
   * @param page of all clusters, as HTML
   * @param codecOrigins the origins whose pages may have payloads unpacked
   */
  record Answers(
      Supplier<String> metrics,
      Supplier<Health> health,
      BiFunction<Role, String, Answer> roles,
      Supplier<CompletableFuture<String>> page,
      Set<String> codecOrigins) {}

  /** Answers there, or nowhere when no address is given. */
  static WorkerHttp serve(Optional<WorkerConfig.HttpAddress> at, Answers answers) {
    return new WorkerHttp(at.map(address -> begun(address, answers)));
  }

  private static HttpListener begun(WorkerConfig.HttpAddress at, Answers answers) {
    try {
      Handler calls = atMost(2, "/metrics", atMost(4, "/health", new Calls(answers)));
      return HttpListener.begin("http", at.host(), at.port(), Optional.empty(), calls);
    } catch (IOException | IllegalArgumentException unable) {
      throw new StartRefused(
          "metrics and health can't be served on " + at + ": " + unable.getMessage(),
          "choose another with --http-port or MOORING_HTTP; 0 turns it off");
    }
  }

  /** These may take a while; the other threads are there for checks of roles. */
  private static Handler atMost(int atOnce, String path, Handler calls) {
    QoSHandler handler = new QoSHandler(calls);
    handler.includePath(path);
    handler.setMaxRequestCount(atOnce);
    handler.setMaxSuspend(WAITING_AT_MOST);
    return handler;
  }

  private static final class Calls extends Handler.Abstract {
    private final Answers answers;
    private final CodecHttp codec;

    Calls(Answers answers) {
      this.answers = answers;
      this.codec = new CodecHttp(answers.codecOrigins());
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String path = Request.getPathInContext(request);
      if (path.startsWith(CodecHttp.PATH)) {
        codec.answer(request, response, callback);
      } else if (!request.getMethod().equals("GET")) {
        write(response, callback, METHOD_NOT_ALLOWED, PLAIN, "only GET is answered\n");
      } else {
        answer(path, response, callback);
      }
      return true;
    }

    private void answer(String path, Response response, Callback callback) {
      if (path.equals("/")) {
        page(response, callback);
      } else if (path.equals("/metrics")) {
        write(response, callback, OK, METRICS, answers.metrics().get());
      } else if (path.equals("/health")) {
        Health health = answers.health().get();
        int status = health.ready() ? OK : UNAVAILABLE;
        write(response, callback, status, "application/json", health.json());
      } else if (path.startsWith("/primary/")) {
        role(Role.PRIMARY, path.substring("/primary/".length()), response, callback);
      } else if (path.startsWith("/replica/")) {
        role(Role.REPLICA, path.substring("/replica/".length()), response, callback);
      } else {
        write(response, callback, NOT_FOUND, PLAIN, "there is no such page\n");
      }
    }

    private void role(Role role, String member, Response response, Callback callback) {
      Answer answer = answers.roles().apply(role, member);
      int status = answer.holds() ? OK : UNAVAILABLE;
      write(response, callback, status, PLAIN, answer.words() + "\n");
    }

    /** No thread waits for the page: it takes as long as a cluster takes to answer. */
    private void page(Response response, Callback callback) {
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      response
          .getHeaders()
          .put("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
      var unused =
          answers
              .page()
              .get()
              .whenComplete(
                  (page, failed) -> {
                    if (failed == null) {
                      write(response, callback, OK, "text/html; charset=utf-8", page);
                    } else {
                      callback.failed(failed);
                    }
                  });
    }

    private static void write(
        Response response, Callback callback, int status, String type, String text) {
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
      Content.Sink.write(response, true, text, callback);
    }
  }

  /** The port that it listens on. */
  Optional<Integer> port() {
    return listener.map(HttpListener::port);
  }

  @Override
  public String toString() {
    return listener.map(on -> "http on port " + on.port()).orElse("no http");
  }

  @Override
  public void close() {
    listener.ifPresent(HttpListener::close);
  }
}
