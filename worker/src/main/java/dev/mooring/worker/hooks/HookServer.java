package dev.mooring.worker.hooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.temporal.TemporalRunActivities;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SecretReference;
import dev.mooring.worker.hooks.HookFile.Hook;
import dev.mooring.worker.hooks.HookedAlert.Malformed;
import dev.mooring.worker.hooks.HookedRuns.TooMany;
import dev.mooring.worker.hooks.HookedRuns.Unavailable;
import dev.mooring.worker.http.HttpListener;
import dev.mooring.worker.http.RequestBody;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the calls of a worker's hooks. A call that is not authenticated, too large, too frequent or
 * malformed starts nothing; each is counted ({@code mooring_hook_calls_total}).
 */
public final class HookServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HookServer.class);
  private static final String PATH = "/hooks/";
  private static final int BODY_AT_MOST = 1 << 20;

  private final HttpListener listener;

  /**
   * The answer to a call.
   *
   * @param counted the status in the metric: why a call failed, also if it is answered without the
   *     reason
   */
  private record Answer(int status, int counted, String text) {
    Answer(int status, String text) {
      this(status, status, text);
    }
  }

  /**
   * Begins to accept calls.
   *
   * @param environment where secret references are looked up
   * @param known whether there is a file of that cluster
   * @throws IOException if it can't serve there
   */
  public HookServer(
      HookFile file,
      WorkflowClient client,
      Function<String, Optional<String>> environment,
      Predicate<ClusterName> known,
      MeterRegistry metrics)
      throws IOException {
    this(file, client, environment, known, metrics, RequestBody.WITHIN, HookedRuns.WITHIN);
  }

  /**
   * The same.
   *
   * @param bodyWithin how long the body of a call may take
   * @param temporalWithin how long a call waits for Temporal
   */
  HookServer(
      HookFile file,
      WorkflowClient client,
      Function<String, Optional<String>> environment,
      Predicate<ClusterName> known,
      MeterRegistry metrics,
      Duration bodyWithin,
      Duration temporalWithin)
      throws IOException {
    Secrets secrets = new Secrets(environment);
    int colon = file.listen().lastIndexOf(':');
    try {
      this.listener =
          HttpListener.begin(
              "hooks",
              file.listen().substring(0, colon).replaceAll("[\\[\\]]", ""),
              Integer.parseInt(file.listen().substring(colon + 1)),
              file.keystore().isEmpty() ? Optional.empty() : Optional.of(shown(file, secrets)),
              new Calls(
                  file,
                  secrets,
                  new HookedRuns(
                      client,
                      new TemporalRunActivities(client),
                      known,
                      file.webUi(),
                      temporalWithin),
                  metrics,
                  bodyWithin));
    } catch (IOException unable) {
      throw new IOException(
          "hooks can't be served on " + file.listen() + ": " + unable.getMessage(), unable);
    }
  }

  private static SslContextFactory.Server shown(HookFile file, Secrets secrets) {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStorePath(file.keystore());
    tls.setKeyStoreType("PKCS12");
    tls.setKeyStorePassword(
        secrets.text("keystorePassword", new SecretReference(file.keystorePassword())).strip());
    return tls;
  }

  /** The port that it listens on. */
  public int port() {
    return listener.port();
  }

  @Override
  public void close() {
    listener.close();
  }

  /**
   * A hook.
   *
   * @param secret the proof that its calls need
   * @param rate how many runs it may start now
   * @param failures how many more of its calls that fail are answered with the reason now
   */
  private record Served(Hook hook, String secret, CallsPerMinute rate, CallsPerMinute failures) {}

  private static final class Calls extends Handler.Abstract {
    private static final List<Integer> ORDER = List.of(202, 200, 422, 400, 429, 503);

    private final Map<String, Served> hooks = new HashMap<>();
    private final HookedRuns runs;
    private final MeterRegistry metrics;
    private final Duration bodyWithin;
    private final BodiesUnderWay signed = new BodiesUnderWay();

    Calls(
        HookFile file,
        Secrets secrets,
        HookedRuns runs,
        MeterRegistry metrics,
        Duration bodyWithin) {
      this.runs = runs;
      this.metrics = metrics;
      this.bodyWithin = bodyWithin;
      Set<String> ofSignatures = new HashSet<>();
      for (Hook hook : file.hooks()) {
        String secret = secret(secrets, hook);
        // a signature covers no hook's name: a call could be replayed at the other
        if (!HookedCall.bringsToken(hook) && !ofSignatures.add(secret)) {
          throw new IllegalArgumentException(
              "hook " + hook.name() + " has the secret of another signed hook; give it its own");
        }
        hooks.put(hook.name(), new Served(hook, secret, perMinute(hook), perMinute(hook)));
      }
    }

    private static CallsPerMinute perMinute(Hook hook) {
      return new CallsPerMinute(hook.runsPerMinute(), System.nanoTime());
    }

    /** No thread waits for a body, which may be that of a caller without the secret. */
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String path = Request.getPathInContext(request);
      Optional<Served> hook =
          path.startsWith(PATH)
              ? Optional.ofNullable(hooks.get(path.substring(PATH.length())))
              : Optional.empty();
      String name = hook.map(called -> called.hook().name()).orElse("none");
      var unused =
          hook.map(called -> answered(called, request))
              .orElseGet(() -> completed(new Answer(404, sentence("there is no such hook"))))
              .whenComplete(
                  (answer, failed) -> {
                    if (failed == null) {
                      write(name, answer, response, callback);
                    } else {
                      callback.failed(failed);
                    }
                  });
      return true;
    }

    private static CompletableFuture<Answer> completed(Answer answer) {
      return CompletableFuture.completedFuture(answer);
    }

    private void write(String hook, Answer answer, Response response, Callback callback) {
      Counter.builder("mooring.hook.calls")
          .description("Calls of hooks that this worker answered, by their status.")
          .tags("hook", hook, "status", String.valueOf(answer.counted()))
          .register(metrics)
          .increment();
      response.setStatus(answer.status());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
      if (answer.status() >= 400) {
        // what was not read of the body must not be taken for the next call
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
      }
      Content.Sink.write(response, true, answer.text() + "\n", callback);
    }

    private CompletableFuture<Answer> answered(Served hook, Request request) {
      if (!request.getMethod().equals("POST")) {
        return completed(failed(hook, 405, "only POST is taken"));
      }
      // before the body is read, which costs more than to send it
      Optional<String> refused = refused(hook, request);
      if (refused.isPresent()) {
        return completed(failed(hook, 401, refused.get()));
      }
      CompletableFuture<RequestBody.Read> body =
          RequestBody.read(request, BODY_AT_MOST, "a body has at most 1 MiB", bodyWithin);
      return (HookedCall.bringsToken(hook.hook())
              ? body
              : signed.add(body, Request.getRemoteAddr(request)))
          .thenApply(read -> answered(hook, request, read));
    }

    private Answer answered(Served hook, Request request, RequestBody.Read body) {
      if (body.status() == BodiesUnderWay.REFUSED) {
        // it may have been a valid call, which may come again
        return new Answer(body.status(), sentence(body.refusal()));
      }
      if (!body.isWhole()) {
        return failed(hook, body.status(), body.refusal());
      }
      return unsigned(hook, request, body.bytes())
          .map(why -> failed(hook, 401, why))
          .orElseGet(() -> taken(hook, body.bytes()));
    }

    /** Too many in a minute get no reason; they take nothing from valid calls. */
    private static Answer failed(Served called, int status, String why) {
      return called.failures().take(System.nanoTime())
          ? new Answer(status, sentence(why))
          : new Answer(
              429,
              status,
              sentence(
                  String.format(
                      "more than %d calls of this hook failed in a minute",
                      called.hook().runsPerMinute())));
    }

    /** By its headers. */
    private Optional<String> refused(Served hook, Request request) {
      return HookedCall.bringsToken(hook.hook())
          ? HookedCall.bearerRefused(hook.secret(), header(request, "Authorization"))
          : HookedCall.headersRefused(
              header(request, HookedCall.TIME),
              header(request, HookedCall.SIGNATURE),
              Instant.now());
    }

    private Optional<String> unsigned(Served hook, Request request, byte[] body) {
      return HookedCall.bringsToken(hook.hook())
          ? Optional.empty()
          : HookedCall.signatureRefused(
              hook.secret(),
              header(request, HookedCall.TIME),
              header(request, HookedCall.SIGNATURE),
              body);
    }

    /** An alert that is wrong, or one too many, keeps no other of its call from its run. */
    private Answer taken(Served served, byte[] body) {
      Hook hook = served.hook();
      List<JsonNode> alerts;
      try {
        alerts = HookedAlert.all(hook, body);
      } catch (Malformed wrong) {
        return failed(served, 400, String.valueOf(wrong.getMessage()));
      }
      ArrayNode results = JsonNodeFactory.instance.arrayNode();
      int status = 202;
      Optional<Unavailable> away = Optional.empty();
      for (JsonNode alert : alerts) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        int became;
        try {
          if (away.isPresent()) {
            // it is not waited for once for each alert
            throw away.get();
          }
          result = runs.of(hook, HookedAlert.of(hook, alert), served.rate());
          became = result.has("run") ? 200 : result.has("error") ? 422 : 202;
        } catch (Malformed wrong) {
          became = 400;
          result.put("error", wrong.getMessage());
        } catch (TooMany many) {
          became = 429;
          result.put("error", many.getMessage());
        } catch (Unavailable silent) {
          became = 503;
          result.put("error", silent.getMessage());
          away = Optional.of(silent);
        }
        log.info("hook {}: {} {}", hook.name(), became, result);
        results.add(result);
        status = worse(status, became);
      }
      return new Answer(status, results.toString());
    }

    /** A call to repeat goes before a call that can't be done, and that before a run. */
    private static int worse(int status, int became) {
      return ORDER.indexOf(became) > ORDER.indexOf(status) ? became : status;
    }

    private static String secret(Secrets secrets, Hook hook) {
      String what = "the secret of hook " + hook.name();
      String secret = secrets.text(what, HookFile.secretOf(hook)).strip();
      if (secret.isEmpty()) {
        throw new IllegalArgumentException(what + " is empty");
      }
      return secret;
    }

    private static String header(Request request, String name) {
      return Optional.ofNullable(request.getHeaders().get(name)).orElse("");
    }

    private static String sentence(String why) {
      return JsonNodeFactory.instance.objectNode().put("error", why).toString();
    }
  }
}
