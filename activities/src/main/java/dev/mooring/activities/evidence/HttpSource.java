package dev.mooring.activities.evidence;

import dev.mooring.activities.host.BoundedBody;
import dev.mooring.activities.host.Late;
import dev.mooring.activities.host.WebTrust;
import dev.mooring.evidence.Document;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ManifestSource;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A store that a web server serves, with its directories listed: every server can list them, and
 * each link in the page of a directory to a file of that directory is the name of a file.
 */
final class HttpSource implements EvidenceSource {
  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final Pattern LINK =
      Pattern.compile("\\bhref\\s*=\\s*[\"']([^\"'?#]+)[\"']", Pattern.CASE_INSENSITIVE);

  private static final WebTrust CLIENTS =
      new WebTrust(
          () ->
              HttpClient.newBuilder()
                  .connectTimeout(Duration.ofSeconds(5))
                  .followRedirects(HttpClient.Redirect.NORMAL));

  private final URI root;
  private final HttpClient client;
  private final Late late;

  private HttpSource(String root, HttpClient client, Late late) {
    this.root = URI.create(root + "/");
    this.client = client;
    this.late = late;
  }

  /** A store whose URL has no slash at its end. */
  static HttpSource open(ManifestSource.Http source, Late late) {
    HttpClient client =
        source.rootCertificate().isEmpty()
            ? CLIENTS.usual()
            : EvidenceSecrets.usable(() -> CLIENTS.in(Path.of(source.rootCertificate())));
    return new HttpSource(source.url(), client, late);
  }

  @Override
  public String where(String path) {
    return at(path).toString();
  }

  @Override
  public List<String> list(String directory) {
    URI page = at(directory + "/");
    List<String> names = new ArrayList<>();
    Optional<byte[]> body = get(page);
    if (body.isEmpty()) {
      requireRoot();
      requireNoLatest(directory, names);
      return names;
    }
    if (body.get().length > Document.BYTES_AT_MOST) {
      throw EvidenceFailures.of(
          FailureCode.EVIDENCE_UNREADABLE, "the page " + page + " has more than 16 MiB");
    }
    Matcher link = LINK.matcher(new String(body.get(), StandardCharsets.UTF_8));
    while (link.find()) {
      fileIn(page, link.group(1)).filter(n -> !n.startsWith(".")).ifPresent(names::add);
    }
    requireNoLatest(directory, names);
    return names.stream().distinct().toList();
  }

  /** Refuses a page without LATEST while LATEST is there: it is no listing of that directory. */
  private void requireNoLatest(String directory, List<String> names) {
    URI latest = at(directory + "/" + EvidencePaths.LATEST);
    if (EvidencePaths.isOfManifests(directory)
        && !names.contains(EvidencePaths.LATEST)
        && get(latest).isPresent()) {
      throw EvidenceFailures.passing(
          FailureCode.EVIDENCE_UNREADABLE,
          at(directory + "/") + " doesn't list " + latest + ", which is there");
    }
  }

  private static Optional<String> fileIn(URI page, String link) {
    try {
      String target = page.resolve(link).getRawPath();
      String directory = page.getRawPath();
      if (target == null || !target.startsWith(directory)) {
        return Optional.empty();
      }
      String name = target.substring(directory.length());
      return name.isEmpty() || name.contains("/")
          ? Optional.empty()
          : Optional.of(URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException notOfAFile) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<byte[]> read(String path) {
    Optional<byte[]> bytes = get(at(path));
    if (bytes.isEmpty()) {
      requireRoot();
    }
    return bytes;
  }

  @Override
  public Optional<byte[]> readNamed(String path) {
    return late.look(() -> read(path), Optional::isPresent);
  }

  private void requireRoot() {
    if (get(root).isEmpty()) {
      throw EvidenceFailures.noRoot(root.toString());
    }
  }

  private Optional<byte[]> get(URI uri) {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER)
            .header("Cache-Control", "no-cache")
            .GET()
            .build();
    try {
      HttpResponse<byte[]> answer =
          client.send(request, BoundedBody.bytes(EvidencePaths.bytesAtMost(uri.getPath()), ANSWER));
      return switch (answer.statusCode()) {
        case 200 -> Optional.of(answer.body());
        case 404, 410 -> Optional.empty();
        default -> throw refused(uri, answer.statusCode());
      };
    } catch (IOException unanswered) {
      WebTrust.refusal(unanswered)
          .ifPresent(
              why -> {
                throw EvidenceSecrets.unusable("can't read " + uri + ": " + why);
              });
      throw EvidenceFailures.passing(
          FailureCode.HOST_UNREACHABLE, "can't read " + uri + ": " + unanswered);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw EvidenceFailures.passing(
          FailureCode.EVIDENCE_UNREADABLE, "stopped while reading " + uri);
    }
  }

  private static ApplicationFailure refused(URI uri, int status) {
    String fact = "can't read " + uri + ": the server answers " + status;
    return status >= 500
        ? EvidenceFailures.passing(FailureCode.EVIDENCE_UNREADABLE, fact)
        : EvidenceFailures.of(
            FailureCode.EVIDENCE_UNREADABLE,
            fact + (uri.getPath().endsWith("/") ? "; it must list its directories" : ""));
  }

  private URI at(String path) {
    return root.resolve(path);
  }

  @Override
  public void close() {}
}
