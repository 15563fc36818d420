package dev.mooring.dev.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A page that its own scripts draw, in Debian's Chromium, read through DevTools while it is open: a
 * page that polls its server is never done, and can't be printed.
 */
final class ChromiumPage implements AutoCloseable {
  private static final Duration READ_WITHIN = Duration.ofMinutes(2);

  /** Chromium gives up a page if an interface of this machine changed meanwhile. */
  private static final Duration OPEN_AGAIN_AFTER = Duration.ofSeconds(15);

  /** The text of the page and of its frames: the Web UI shows Markdown in a frame. */
  private static final String TEXT =
      """
      [document, ...[...document.querySelectorAll('iframe')].map(one => one.contentDocument)]
        .map(one => one?.body?.innerText ?? '').join(' ')
      """;

  /** The first element of that kind that a person sees, with those words in it. */
  private static final String SEEN =
      """
      [...document.querySelectorAll('KIND')]
        .find(one => one.offsetWidth > 0 && one.innerText.includes('WORDS'))
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final Process chromium;
  private final WebSocket socket;
  private int calls;

  /** Keeps its profile and its log in that directory. */
  ChromiumPage(Path directory) throws IOException, InterruptedException {
    DebianProgram.named("chromium", "chromium");
    Path profile = directory.resolve("chromium-page");
    chromium =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--window-size=1600,1400",
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("chromium-page.log").toFile())
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    Soon.soon("Chromium listens", () -> Files.exists(port) && Files.size(port) > 0);
    String pages = "http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json";
    String all =
        http.send(HttpRequest.newBuilder(URI.create(pages)).build(), BodyHandlers.ofString())
            .body();
    URI page =
        StreamSupport.stream(JSON.readTree(all).spliterator(), false)
            .filter(one -> one.path("type").asText().equals("page"))
            .map(one -> URI.create(one.path("webSocketDebuggerUrl").asText()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("Chromium has no page: " + all));
    socket = http.newWebSocketBuilder().buildAsync(page, new Answers()).join();
  }

  /** Collects the answers; an event has no id. */
  private final class Answers implements WebSocket.Listener {
    private final StringBuilder begun = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      begun.append(part);
      if (last) {
        try {
          answers.add(JSON.readTree(begun.toString()));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        begun.setLength(0);
      }
      return WebSocket.Listener.super.onText(from, part, last);
    }
  }

  /** Opens a page, again and again, until a person reads all these words on it. */
  void reads(String url, String... words) {
    Soon.within(
        READ_WITHIN,
        url + " reads " + List.of(words),
        () -> {
          call("Page.navigate", Map.of("url", url));
          long end = System.nanoTime() + OPEN_AGAIN_AFTER.toNanos();
          while (System.nanoTime() - end < 0) {
            String text = evaluated(TEXT);
            if (Stream.of(words).allMatch(text::contains)) {
              return true;
            }
            TimeUnit.SECONDS.sleep(1);
          }
          return false;
        });
  }

  /** Clicks on an element once it is seen. */
  void clicks(String kind, String words) {
    acts(kind, words, "click");
  }

  /** Types into an empty field once it is seen. */
  void types(String kind, String text) throws IOException, InterruptedException {
    acts(kind, "", "focus");
    call("Input.insertText", Map.of("text", text));
  }

  private void acts(String kind, String words, String act) {
    String script =
        String.format(
            "(() => { const seen = %s; seen?.%s(); return seen ? 'done' : ''; })()",
            SEEN.strip().replace("KIND", kind).replace("WORDS", words), act);
    Soon.within(
        READ_WITHIN, act + " " + kind + " " + words, () -> evaluated(script).equals("done"));
  }

  private String evaluated(String script) throws IOException, InterruptedException {
    return call("Runtime.evaluate", Map.of("expression", script))
        .at("/result/result/value")
        .asText();
  }

  private JsonNode call(String method, Map<String, String> parameters)
      throws IOException, InterruptedException {
    int id = ++calls;
    Map<String, Object> call = Map.of("id", id, "method", method, "params", parameters);
    socket.sendText(JSON.writeValueAsString(call), true).join();
    for (; ; ) {
      JsonNode answer = answers.poll(READ_WITHIN.toSeconds(), TimeUnit.SECONDS);
      if (answer == null) {
        throw new IOException("Chromium does not answer " + method);
      }
      if (answer.path("id").asInt() == id) {
        return answer;
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    chromium.descendants().forEach(ProcessHandle::destroyForcibly);
    chromium.destroyForcibly().onExit().join();
  }
}
