package dev.mooring.activities.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.evidence.WebServer.Answer;
import dev.mooring.activities.host.Late;
import dev.mooring.evidence.Document;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ManifestSource;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of evidence stores, read through a web server. */
class HttpSourceTest extends EvidenceFilesContract {
  private static final String LATEST = "harbour/manifests/LATEST.json";

  @TempDir Path directory = Path.of("set by JUnit");

  private final List<WebServer> server = new ArrayList<>();

  @AfterEach
  void stop() {
    server.forEach(WebServer::close);
  }

  private Path root() {
    return directory.resolve("store");
  }

  private static WebServer serverOf(Function<String, Answer> answers) {
    try {
      return WebServer.answering(answers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpSource source(String url) {
    return HttpSource.open(new ManifestSource.Http(url), new Late(StoresByKind.SHOWN_WITHIN));
  }

  @Override
  protected EvidenceFiles open() throws Exception {
    if (server.isEmpty()) {
      server.add(WebServer.of(Files.createDirectory(root())));
    }
    return new WrittenBeside(source(server.get(0).url()), new DirectoryFiles(root()));
  }

  @Override
  protected void removeRoot() throws Exception {
    Files.move(root(), directory.resolve("away"));
  }

  @Override
  protected void leaveWhatAKilledWriterLeaves(String name) throws Exception {
    Files.writeString(root().resolve(name).resolve(".LATEST.json.4711.tmp"), "half a docu");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<a href=\"../\">../</a>\n<a href=\"a.json\">a.json</a>  20-Nov-2026 22:00  812\n",
        "<th><a href=\"?C=N;O=D\">Name</a></th><a href=\"/store/harbour/\">Parent Directory</a>"
            + "<td><a href=\"a.json\">a.json</a></td>",
        "<li><a href='old/'>old/</a></li><li><A HREF='a.json'>a.json</A></li>",
        "<a href=\"/store/harbour/manifests/a.json\">a.json</a>"
            + "<a href=\"https://example.org/store/harbour/manifests/b.json#top\">b</a>",
        "<a href=\"a.json\">a.json</a><a href=\".a.json.4711.tmp\">left</a>"
            + "<a href=\"javascript:go%28%29\">x</a><a href=\"%zz\">y</a>"
      })
  void names_are_read_off_the_pages_that_web_servers_make_of_directories(String page) {
    try (WebServer pages =
        serverOf(path -> new Answer(path.equals("/store/harbour/manifests/") ? 200 : 404, page))) {
      HttpSource source = source(pages.url() + "/store");
      assertThat(source.list("harbour/manifests")).containsExactly("a.json");
      assertThat(source.where(LATEST))
          .isEqualTo(pages.url() + "/store/harbour/manifests/LATEST.json");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"200 ", "200 <a href=\"a.json\">a.json</a>", "404 "})
  void a_page_without_the_latest_that_is_there_is_unreadable(String page) {
    int status = Integer.parseInt(page.substring(0, 3));
    try (WebServer pages =
        serverOf(
            path ->
                path.equals("/store/harbour/manifests/")
                    ? new Answer(status, page.substring(4))
                    : new Answer(200, "{}"))) {
      HttpSource source = source(pages.url() + "/store");
      assertThatThrownBy(() -> source.list("harbour/manifests"))
          .hasMessageContaining("LATEST.json, which is there");
    }
  }

  @Test
  void a_server_that_lists_no_directories_is_unreadable_and_never_empty() {
    try (WebServer closed = serverOf(path -> new Answer(path.endsWith("/") ? 403 : 404, ""))) {
      HttpSource source = source(closed.url());
      assertThatThrownBy(() -> source.list("harbour/manifests"))
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.getType()).isEqualTo(FailureCode.EVIDENCE_UNREADABLE.name());
                assertThat(failure.isNonRetryable()).isTrue();
                assertThat(failure.getOriginalMessage())
                    .contains("answers 403; it must list its directories");
              });
      assertThatThrownBy(() -> source.read(LATEST)).hasMessageContaining("answers 403");
    }
  }

  @Test
  void an_error_of_the_server_is_no_absence_and_is_asked_again() {
    try (WebServer broken = serverOf(path -> new Answer(503, ""))) {
      assertThatThrownBy(() -> source(broken.url()).read(LATEST))
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.isNonRetryable()).isFalse();
                assertThat(failure.getOriginalMessage()).contains("answers 503");
              });
    }
  }

  /** A part of a page would hide manifests. */
  @Test
  void a_page_that_is_too_long_is_unreadable() {
    String page = "<a href=\"a.json\">a.json</a>" + " ".repeat(Document.BYTES_AT_MOST);
    try (WebServer pages = serverOf(path -> new Answer(200, page))) {
      assertThatThrownBy(() -> source(pages.url()).list("harbour/manifests"))
          .hasMessageContaining("/harbour/manifests/ has more than 16 MiB");
    }
  }

  @Test
  void a_server_that_does_not_answer_is_named() {
    String url = server.get(0).url();
    stop();
    assertThatThrownBy(() -> source(url).read(LATEST))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(FailureCode.HOST_UNREACHABLE.name());
              assertThat(failure.getOriginalMessage()).contains(url + "/" + LATEST);
            });
  }

  @Test
  void what_another_document_tells_of_is_waited_for() {
    AtomicInteger asked = new AtomicInteger();
    try (WebServer late =
        serverOf(
            path ->
                path.equals("/")
                    ? new Answer(200, "")
                    : new Answer(asked.incrementAndGet() > 3 ? 200 : 404, "late"))) {
      HttpSource source = source(late.url());
      assertThat(source.read(LATEST)).isEmpty();
      assertThat(source.readNamed(LATEST)).hasValue("late".getBytes(StandardCharsets.UTF_8));
    }
  }
}
