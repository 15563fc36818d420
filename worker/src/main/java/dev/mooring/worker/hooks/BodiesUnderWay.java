package dev.mooring.worker.hooks;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.mooring.worker.http.RequestBody.Read;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The bodies of signed calls that are being read. Until a body is complete, its caller may be one
 * without the secret, so only so many are kept in memory. One more, and the oldest of the address
 * with most bodies is refused: slow bodies of one address refuse no call of another.
 */
final class BodiesUnderWay {
  /** The status of one that is refused. */
  static final int REFUSED = 503;

  private static final int AT_MOST = 64;

  private record Body(String from, CompletableFuture<Read> read) {}

  private final Deque<Body> oldestFirst = new ArrayDeque<>();

  /**
   * Adds one, until it is complete.
   *
   * @param from the address of its caller
   */
  CompletableFuture<Read> add(CompletableFuture<Read> read, String from) {
    oneIfTooMany(new Body(from, read))
        .ifPresent(
            one ->
                one.read()
                    .complete(
                        Read.refused(
                            REFUSED,
                            "more than " + AT_MOST + " bodies of signed calls are being read")));
    return read.whenComplete((whole, failed) -> remove(read));
  }

  private synchronized Optional<Body> oneIfTooMany(Body body) {
    oldestFirst.add(body);
    if (oldestFirst.size() <= AT_MOST) {
      return Optional.empty();
    }
    Map<String, Long> counts = oldestFirst.stream().collect(groupingBy(Body::from, counting()));
    Long most = Collections.max(counts.values());
    Optional<Body> refused =
        oldestFirst.stream().filter(one -> most.equals(counts.get(one.from()))).findFirst();
    refused.ifPresent(oldestFirst::remove);
    return refused;
  }

  private synchronized void remove(CompletableFuture<Read> read) {
    oldestFirst.removeIf(one -> one.read() == read);
  }
}
