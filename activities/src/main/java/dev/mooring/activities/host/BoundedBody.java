package dev.mooring.activities.host;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP answer, which the time limit of a request does not cover. Once it has more
 * bytes than the limit it ends there; if it does not end in time, an {@link HttpTimeoutException}
 * takes its place.
 */
public final class BoundedBody implements BodySubscriber<byte[]> {
  private final int atMost;
  private final Duration within;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private volatile @Nullable Subscription subscription;

  private BoundedBody(int atMost, Duration within) {
    this.atMost = atMost;
    this.within = within;
  }

  /**
   * Keeps the body.
   *
   * @param atMost the limit in bytes; of a longer body one byte more is kept
   * @param within how long it may take after the headers
   */
  public static BodyHandler<byte[]> bytes(int atMost, Duration within) {
    return headers -> new BoundedBody(atMost, within);
  }

  /** The same as UTF-8. */
  public static BodyHandler<String> text(int atMost, Duration within) {
    return headers ->
        BodySubscribers.mapping(
            new BoundedBody(atMost, within), kept -> new String(kept, StandardCharsets.UTF_8));
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            failure -> {
              cancel();
              return CompletableFuture.failedFuture(
                  failure instanceof TimeoutException
                      ? new HttpTimeoutException(
                          "its answer did not end in " + within.toMillis() + " ms")
                      : failure);
            });
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      byte[] next = new byte[Math.min(buffer.remaining(), atMost + 1 - bytes.size())];
      buffer.get(next);
      bytes.write(next, 0, next.length);
    }
    if (bytes.size() > atMost) {
      cancel();
      onComplete();
    }
  }

  private void cancel() {
    Subscription given = subscription;
    if (given != null) {
      given.cancel();
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(bytes.toByteArray());
  }
}
