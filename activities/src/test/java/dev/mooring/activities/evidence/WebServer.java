package dev.mooring.activities.evidence;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** A web server on loopback, of a directory or of whatever a test lets it answer. */
public final class WebServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** What it answers to a path. */
  record Answer(int status, String body) {}

  private WebServer(HttpServer server, Function<String, Answer> answers) throws IOException {
    this.server = server;
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, answers));
    server.start();
  }

  static WebServer answering(Function<String, Answer> answers) throws IOException {
    return new WebServer(HttpServer.create(), answers);
  }

  public static WebServer of(Path directory) throws IOException {
    return answering(path -> file(directory.resolve(path.replaceAll("^/+", ""))));
  }

  /** The same over TLS, with the key and the certificate of that context. */
  static WebServer of(Path directory, SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create();
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new WebServer(server, path -> file(directory.resolve(path.replaceAll("^/+", ""))));
  }

  private static Answer file(Path path) {
    try {
      return new Answer(
          200,
          Files.isDirectory(path)
              ? page(path)
              : new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException absent) {
      return new Answer(404, "");
    } catch (IOException unreadable) {
      return new Answer(500, unreadable.toString());
    }
  }

  private static String page(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(
              path ->
                  URLEncoder.encode(path.getFileName().toString(), StandardCharsets.UTF_8)
                      + (Files.isDirectory(path) ? "/" : ""))
          .map(name -> "<a href=\"" + name + "\">" + name + "</a>\n")
          .collect(Collectors.joining());
    }
  }

  private static void answer(HttpExchange exchange, Function<String, Answer> answers)
      throws IOException {
    try (exchange) {
      Answer answer = answers.apply(exchange.getRequestURI().getPath());
      byte[] body = answer.body().getBytes(StandardCharsets.ISO_8859_1);
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  public String url() {
    return (server instanceof HttpsServer ? "https" : "http")
        + "://127.0.0.1:"
        + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
