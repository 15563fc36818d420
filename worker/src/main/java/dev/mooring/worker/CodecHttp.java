package dev.mooring.worker;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.mooring.wire.CodecMessages;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Lets Temporal's Web UI and command line read payloads that were packed for their size: a codec
 * server under {@code /codec}. It gives back what it was sent, unpacked, and knows nothing else, so
 * any page may ask it.
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
  private static final int TOO_LARGE = 413;

  private CodecHttp() {}

  /** One at a time: an answer may take a good part of a worker's memory. */
  static synchronized void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      allowAnyPage(exchange.getResponseHeaders());
      String method = exchange.getRequestMethod();
      if (method.equals("OPTIONS")) {
        exchange.sendResponseHeaders(NO_CONTENT, -1);
      } else if (method.equals("POST")) {
        answered(exchange, exchange.getRequestBody().readNBytes(ASKED_AT_MOST + 1));
      } else {
        send(exchange, METHOD_NOT_ALLOWED, "text/plain", text("only POST is answered"));
      }
    }
  }

  private static void allowAnyPage(Headers headers) {
    headers.set("Access-Control-Allow-Origin", "*");
    headers.set("Access-Control-Allow-Methods", "POST, OPTIONS");
    headers.set("Access-Control-Allow-Headers", "Content-Type, X-Namespace, Authorization");
  }

  private static void answered(HttpExchange exchange, byte[] asked) throws IOException {
    if (asked.length > ASKED_AT_MOST) {
      send(exchange, TOO_LARGE, "text/plain", text("more than " + ASKED_AT_MOST + " B asked"));
      return;
    }
    String path = exchange.getRequestURI().getPath();
    try {
      if (path.endsWith("/decode")) {
        byte[] plain = CodecMessages.decoded(asked, ANSWERED_AT_MOST);
        send(exchange, OK, "application/json", plain);
      } else if (path.endsWith("/encode")) {
        send(exchange, OK, "application/json", CodecMessages.encoded(asked));
      } else {
        send(exchange, NOT_FOUND, "text/plain", text("there is /codec/decode and /codec/encode"));
      }
    } catch (IllegalArgumentException unreadable) {
      send(exchange, BAD_REQUEST, "text/plain", text(String.valueOf(unreadable.getMessage())));
    }
  }

  private static byte[] text(String sentence) {
    return (sentence + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
