package dev.mooring.worker;

import dev.mooring.wire.CodecMessages;
import dev.mooring.worker.http.RequestBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A codec server under {@code /codec} with which Temporal's Web UI and command line read payloads
 * that were packed for their size. It unpacks what it is sent and knows nothing else, so any page
 * may call it.
 */
final class CodecHttp {
  static final String PATH = "/codec/";

  private static final int ASKED_AT_MOST = 8_000_000;
  private static final int ANSWERED_AT_MOST = 16_000_000;
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;

  private CodecHttp() {}

  private record Answer(int status, String type, ByteBuffer body) {
    static Answer text(int status, String sentence) {
      return new Answer(status, "text/plain", StandardCharsets.UTF_8.encode(sentence + "\n"));
    }
  }

  static void answer(Request request, Response response, Callback callback) {
    allowAnyPage(response.getHeaders());
    switch (request.getMethod()) {
      case "OPTIONS" ->
          send(response, callback, new Answer(NO_CONTENT, "text/plain", ByteBuffer.allocate(0)));
      case "POST" -> answerBody(request, response, callback);
      default -> send(response, callback, Answer.text(METHOD_NOT_ALLOWED, "only POST is answered"));
    }
  }

  private static void allowAnyPage(HttpFields.Mutable headers) {
    headers.put("Access-Control-Allow-Origin", "*");
    headers.put("Access-Control-Allow-Methods", "POST, OPTIONS");
    headers.put("Access-Control-Allow-Headers", "Content-Type, X-Namespace, Authorization");
  }

  private static void answerBody(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    var unused =
        RequestBody.read(
                request,
                ASKED_AT_MOST,
                "more than " + ASKED_AT_MOST + " B asked",
                RequestBody.WITHIN)
            .thenApply(
                body ->
                    body.isWhole()
                        ? recoded(path, body.bytes())
                        : Answer.text(body.status(), body.refusal()))
            .whenComplete(
                (answer, failed) -> {
                  if (failed == null) {
                    send(response, callback, answer);
                  } else {
                    callback.failed(failed);
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

  /** One request at a time: an answer may take a good part of a worker's memory. */
  private static synchronized Answer recoded(String path, byte[] asked) {
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
