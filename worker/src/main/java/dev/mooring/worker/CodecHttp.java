package dev.mooring.worker;

import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.wire.CodecMessages;
import dev.mooring.worker.http.RequestBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A codec server under {@code /codec} with which Temporal's Web UI and command line read payloads
 * that were packed for their size. It unpacks what it is sent and knows nothing else. A web page
 * may call it only if its origin is configured.
 */
final class CodecHttp {
  static final String PATH = "/codec/";

  private static final int ASKED_AT_MOST = 8_000_000;
  private static final int ANSWERED_AT_MOST = 16_000_000;

  /** The bytes of all bodies and answers under way: one of each at their limits. */
  private static final int AT_ONCE = ASKED_AT_MOST + ANSWERED_AT_MOST;

  private static final int CHARGED_AT_LEAST = AT_ONCE / 64;
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  /** One request at a time: an answer may take a good part of a worker's memory. */
  private final Executor one = Executors.newSingleThreadExecutor(DaemonThreads.named("codec"));

  private final Set<String> origins;
  private final Semaphore room = new Semaphore(AT_ONCE);

  /**
   * Answers nobody yet.
   *
   * @param origins those whose pages may call it, as a browser names them
   */
  CodecHttp(Set<String> origins) {
    this.origins = origins;
  }

  private record Answer(int status, String type, ByteBuffer body) {
    static Answer text(int status, String sentence) {
      return new Answer(status, "text/plain", StandardCharsets.UTF_8.encode(sentence + "\n"));
    }
  }

  void answer(Request request, Response response, Callback callback) {
    Optional<String> origin = Optional.ofNullable(request.getHeaders().get(HttpHeader.ORIGIN));
    if (origin.isPresent() && !origins.contains(origin.get())) {
      send(response, callback, Answer.text(FORBIDDEN, "--codec-origins does not name this page"));
      return;
    }
    origin.ifPresent(page -> allow(page, response.getHeaders()));
    switch (request.getMethod()) {
      case "OPTIONS" ->
          send(response, callback, new Answer(NO_CONTENT, "text/plain", ByteBuffer.allocate(0)));
      case "POST" -> answerIfRoom(request, response, callback);
      default -> send(response, callback, Answer.text(METHOD_NOT_ALLOWED, "only POST is answered"));
    }
  }

  private static void allow(String page, HttpFields.Mutable headers) {
    headers.put("Access-Control-Allow-Origin", page);
    headers.put(HttpHeader.VARY, "Origin");
    headers.put("Access-Control-Allow-Methods", "POST, OPTIONS");
    headers.put("Access-Control-Allow-Headers", "Content-Type, X-Namespace, Authorization");
  }

  /** A body takes room for its length, then for its answer, until that is written. */
  private void answerIfRoom(Request request, Response response, Callback callback) {
    long length = request.getLength() < 0 ? ASKED_AT_MOST : request.getLength();
    int charged = (int) Math.min(Math.max(length, CHARGED_AT_LEAST), ASKED_AT_MOST);
    if (room.tryAcquire(charged)) {
      answerBody(request, response, charged, callback);
    } else {
      send(response, callback, full());
    }
  }

  private static Answer full() {
    return Answer.text(UNAVAILABLE, "more than " + AT_ONCE + " B are under way; try again");
  }

  private void answerBody(Request request, Response response, int charged, Callback callback) {
    String path = Request.getPathInContext(request);
    var unused =
        RequestBody.read(
                request,
                ASKED_AT_MOST,
                "more than " + ASKED_AT_MOST + " B asked",
                RequestBody.WITHIN)
            .thenApplyAsync(
                body ->
                    body.isWhole()
                        ? recoded(path, body.bytes())
                        : Answer.text(body.status(), body.refusal()),
                one)
            .whenComplete(
                (answer, failed) -> {
                  int more = failed == null ? Math.max(0, answer.body().remaining() - charged) : 0;
                  boolean fits = room.tryAcquire(more);
                  Callback done =
                      Callback.from(callback, () -> room.release(fits ? charged + more : charged));
                  if (failed == null) {
                    send(response, done, fits ? answer : full());
                  } else {
                    done.failed(failed);
                  }
                });
  }

  private static void send(Response response, Callback callback, Answer answer) {
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
    if (answer.status() >= BAD_REQUEST) {
      // what was not read of the body must not be taken for the next request
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    response.write(true, answer.body(), callback);
  }

  private static Answer recoded(String path, byte[] asked) {
    try {
      if (path.endsWith("/decode")) {
        return json(CodecMessages.decoded(asked, ANSWERED_AT_MOST));
      }
      return path.endsWith("/encode")
          ? json(CodecMessages.encoded(asked))
          : Answer.text(NOT_FOUND, "there is /codec/decode and /codec/encode");
    } catch (IllegalArgumentException unreadable) {
      return Answer.text(BAD_REQUEST, String.valueOf(unreadable.getMessage()));
    }
  }

  private static Answer json(byte[] body) {
    return new Answer(OK, "application/json", ByteBuffer.wrap(body));
  }
}
