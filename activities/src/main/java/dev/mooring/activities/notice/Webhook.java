package dev.mooring.activities.notice;

import dev.mooring.activities.host.Secrets;
import dev.mooring.port.NoticeActivities;
import dev.mooring.port.NoticeActivities.Noticed;
import dev.mooring.topology.NoticePolicy.Channel;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A POST of JSON. Its URL may be a secret, so messages name only its host. */
final class Webhook {
  private static final int REDIRECTS_FROM = 300;
  private static final int OK = 200;
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .connectTimeout(NoticeActivities.WITHIN)
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private final Secrets secrets;
  private final Duration within;

  Webhook(Secrets secrets, Duration within) {
    this.secrets = secrets;
    this.within = within;
  }

  Noticed post(Channel channel, String json, String key) {
    URI url = url(channel);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(within)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(json, StandardCharsets.UTF_8));
    channel.token().forEach(token -> authorize(request, channel, token));
    try {
      HttpResponse<InputStream> answer =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      // it may have the URL in it, and the request's limit does not count for it
      answer.body().close();
      if (answer.statusCode() >= OK && answer.statusCode() < REDIRECTS_FROM) {
        return new Noticed(url.getHost() + " answered " + answer.statusCode());
      }
      throw ChannelNoticeActivities.failed(
          url.getHost() + " answered " + answer.statusCode(), null);
    } catch (IOException unanswered) {
      throw ChannelNoticeActivities.failed(
          url.getHost() + " did not answer: " + unanswered, unanswered);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw ChannelNoticeActivities.failed("the worker stops", cancelled);
    }
  }

  private void authorize(HttpRequest.Builder request, Channel channel, SecretReference token) {
    String what = "the token of channel " + channel.name();
    String text = secrets.text(what, token).strip();
    if (!text.matches("[\\x21-\\x7e]+")) {
      throw ChannelNoticeActivities.failed(what + " is not one word of printable ASCII", null);
    }
    request.header("Authorization", "Bearer " + text);
  }

  private URI url(Channel channel) {
    String what = "the URL of channel " + channel.name();
    String text = channel.to();
    String url =
        text.startsWith("http:") || text.startsWith("https:")
            ? text
            : secrets.text(what, new SecretReference(text)).strip();
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException malformed) {
      throw ChannelNoticeActivities.failed(what + " is no URL", null);
    }
    throw ChannelNoticeActivities.failed(what + " is no http or https URL", null);
  }
}
