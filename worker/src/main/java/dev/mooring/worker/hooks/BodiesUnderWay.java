package dev.mooring.worker.hooks;

import dev.mooring.worker.http.RequestBody.Read;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The bodies of signed calls that are being read. Until a body is complete, its caller may be one
 * without the secret, so only so many are kept in memory: one more, and the oldest is refused.
 */
final class BodiesUnderWay {
  /** The status of one that is refused. */
  static final int REFUSED = 503;

  private static final int AT_MOST = 64;

  private final Deque<CompletableFuture<Read>> oldestFirst = new ArrayDeque<>();

  /** Adds one, until it is complete. */
  CompletableFuture<Read> add(CompletableFuture<Read> body) {
    oldestIfTooMany(body)
        .ifPresent(
            oldest ->
                oldest.complete(
                    Read.refused(
                        REFUSED,
                        "more than " + AT_MOST + " bodies of signed calls are being read")));
    return body.whenComplete((read, failed) -> remove(body));
  }

  private synchronized Optional<CompletableFuture<Read>> oldestIfTooMany(
      CompletableFuture<Read> body) {
    oldestFirst.add(body);
    return oldestFirst.size() > AT_MOST ? Optional.of(oldestFirst.remove()) : Optional.empty();
  }

  private synchronized void remove(CompletableFuture<Read> body) {
    oldestFirst.removeIf(one -> one == body);
  }
}
