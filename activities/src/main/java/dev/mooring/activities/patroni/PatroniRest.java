package dev.mooring.activities.patroni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.activities.host.BoundedBody;
import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.host.WebTrust;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Login;
import dev.mooring.topology.PatroniPolicy.Member;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;

/** The REST APIs of one cluster's Patroni: an answer, or why there is none. */
final class PatroniRest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final int ANSWER_AT_MOST = 4 << 20;

  /** Patroni's status also for a move whose end it did not see. */
  static final int STATUS_UNKNOWN = 503;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final WebTrust CLIENTS =
      new WebTrust(
          () ->
              HttpClient.newBuilder()
                  .connectTimeout(CONNECT)
                  .version(HttpClient.Version.HTTP_1_1)
                  .sslParameters(tls())
                  .followRedirects(HttpClient.Redirect.NEVER));

  private final PatroniPolicy policy;
  private final Secrets secrets;

  PatroniRest(PatroniPolicy policy, Secrets secrets) {
    this.policy = policy;
    this.secrets = secrets;
  }

  /**
   * The answer of a REST API.
   *
   * @param text its body, unchanged
   */
  record Answer(int status, String text) {
    boolean done() {
      return status == 200 || status == 202;
    }

    /** The body as JSON; a body that is no JSON is no answer of Patroni. */
    JsonNode json(String what) {
      JsonNode node;
      try {
        node = JSON.readTree(text);
      } catch (JsonProcessingException e) {
        node = MissingNode.getInstance();
      }
      if (node.isMissingNode() || !node.isContainerNode()) {
        throw HostFailures.of(
            FailureCode.STATE_UNREADABLE,
            "%s answered %d with what Patroni does not: '%s'"
                .formatted(what, status, Said.shorten(text)),
            null);
      }
      return node;
    }
  }

  /** An empty object to be sent. */
  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** Reads; any caller may read, so the login is not sent. */
  Answer get(Member member, String path, Duration within) {
    return send(member, path, HttpRequest.newBuilder().GET(), within);
  }

  /** Changes something, with the login that may. */
  Answer request(Member member, String method, String path, ObjectNode body, Duration within) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder()
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.toString()));
    policy.logins().forEach(login -> request.header("Authorization", basic(login)));
    Answer answer = send(member, path, request, within);
    if (answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN) {
      throw HostFailures.of(
          FailureCode.AUTHENTICATION_REFUSED,
          "%s refuses %s: %s"
              .formatted(
                  where(member),
                  policy.logins().isEmpty()
                      ? "a caller without a login, and the cluster file gives none"
                      : "user " + policy.logins().get(0).user(),
                  Said.shorten(answer.text())),
          null);
    }
    return answer;
  }

  private String basic(Login login) {
    try {
      String both = login.user() + ":" + secrets.text("password of Patroni", login.password());
      return "Basic "
          + Base64.getEncoder().encodeToString(both.strip().getBytes(StandardCharsets.UTF_8));
    } catch (Secrets.Unusable e) {
      throw HostFailures.of(FailureCode.AUTHENTICATION_REFUSED, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Patroni ends an answer only after its end of TLS was acknowledged, which Java's TLS 1.3 does
   * not do: each would wait for the other for ever.
   */
  private static SSLParameters tls() {
    return new SSLParameters(null, new String[] {"TLSv1.2"});
  }

  private HttpClient client() {
    try {
      return policy.rootCertificates().isEmpty()
          ? CLIENTS.usual()
          : CLIENTS.in(Path.of(policy.rootCertificates().get(0)));
    } catch (Secrets.Unusable e) {
      throw HostFailures.of(FailureCode.AUTHENTICATION_REFUSED, String.valueOf(e.getMessage()), e);
    }
  }

  private Answer send(Member member, String path, HttpRequest.Builder request, Duration within) {
    String scheme = policy.rootCertificates().isEmpty() ? "http" : "https";
    URI uri = URI.create("%s://%s:%d%s".formatted(scheme, inUri(member), member.port(), path));
    try {
      HttpResponse<String> response =
          client()
              .send(
                  request.uri(uri).timeout(within).build(),
                  BoundedBody.text(ANSWER_AT_MOST, within));
      return new Answer(response.statusCode(), response.body());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw HostFailures.of(
          FailureCode.PATRONI_UNREACHABLE, where(member) + " can't be reached", e);
    } catch (IOException e) {
      Optional<String> refusal = WebTrust.refusal(e);
      throw e instanceof SSLHandshakeException || refusal.isPresent()
          ? HostFailures.of(
              FailureCode.PATRONI_UNREACHABLE,
              where(member) + ": " + refusal.orElseGet(e::toString),
              e)
          : HostFailures.of(
              FailureCode.OUTCOME_UNKNOWN,
              "%s took %s and gave no answer in %d ms: %s"
                  .formatted(where(member), path, within.toMillis(), e),
              e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HostFailures.of(
          FailureCode.OUTCOME_UNKNOWN, "the worker stopped waiting for " + where(member), e);
    }
  }

  private static String inUri(Member member) {
    return member.address().contains(":") ? "[" + member.address() + "]" : member.address();
  }

  /** How messages call a member's REST API. */
  static String where(Member member) {
    return "Patroni of %s (%s port %d)"
        .formatted(member.instance(), member.address(), member.port());
  }

  /** The fact of a failure of this class, without its hint. */
  static String fact(ApplicationFailure failure) {
    String message = String.valueOf(failure.getOriginalMessage());
    int hint = message.indexOf("\nHINT:");
    return hint < 0 ? message : message.substring(0, hint);
  }

  /** The code of a failure of this class. */
  static FailureCode code(ApplicationFailure failure) {
    return FailureCode.named(failure.getType()).orElse(FailureCode.BUG);
  }
}
