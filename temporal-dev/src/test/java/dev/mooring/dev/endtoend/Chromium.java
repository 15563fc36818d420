package dev.mooring.dev.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's Chromium, headless: what a person sees of a page on a screen of some width. */
final class Chromium {
  private static final Pattern TITLE = Pattern.compile("(?s)<title>(.*?)</title>");

  /** The page is in a frame of WIDTH pixels, beside a script that measures it. */
  private static final String FRAME =
      """
      <!DOCTYPE html><title>not measured</title><body style="margin:0">
      <iframe id="seen" src="/page" width="WIDTH" height="844" style="border:0"></iframe>
      <script>
      onload = () => {
        const page = document.getElementById('seen').contentDocument;
        const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode() && !texts.currentNode.data.trim()) {}
        const asked = page.defaultView.performance.getEntriesByType('resource');
        document.title = encodeURIComponent(JSON.stringify({
          width: page.documentElement.scrollWidth,
          first: texts.currentNode.data.trim(),
          asked: asked.map(entry => entry.name)}));
      };
      </script>
      """;

  private final Path directory;
  private int pictures;

  /** Keeps its profile and its pictures in that directory. */
  Chromium(Path directory) {
    this.directory = directory;
    DebianProgram.named("chromium", "chromium");
  }

  /**
   * What is seen.
   *
   * @param width how wide the page is: wider than the screen, it must be moved sideways to be read
   * @param first the first text
   * @param asked what the page asked for beside itself
   */
  record Seen(int width, String first, List<String> asked) {}

  /** Opens a page on a screen of that width. */
  Seen open(String html, int width) throws IOException, InterruptedException {
    List<String> asked = new ArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", call -> answer(call, FRAME.replace("WIDTH", String.valueOf(width))));
    server.createContext("/page", call -> answer(call, html));
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      Matcher title = TITLE.matcher(dump(url, width));
      if (!title.find()) {
        throw new AssertionError("Chromium shows no page");
      }
      JsonNode seen =
          new ObjectMapper().readTree(URLDecoder.decode(title.group(1), StandardCharsets.UTF_8));
      seen.path("asked").forEach(one -> asked.add(one.asText()));
      return new Seen(seen.path("width").asInt(), seen.path("first").asText(), List.copyOf(asked));
    } finally {
      server.stop(0);
    }
  }

  private static void answer(HttpExchange call, String html) throws IOException {
    byte[] body = html.getBytes(StandardCharsets.UTF_8);
    call.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
    call.sendResponseHeaders(200, body.length);
    call.getResponseBody().write(body);
    call.close();
  }

  private String dump(String url, int width) throws IOException, InterruptedException {
    Process chromium =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--user-data-dir=" + directory.resolve("chromium"),
                "--window-size=" + width + ",844",
                "--virtual-time-budget=3000",
                "--dump-dom",
                url)
            .redirectError(directory.resolve("chromium" + pictures++ + ".log").toFile())
            .start();
    String page = new String(chromium.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    chromium.waitFor();
    return page;
  }
}
