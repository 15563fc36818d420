package dev.mooring.activities.instance;

import dev.mooring.activities.host.WalCheck;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.port.InstanceActivities.ObserveFitness;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What is wrong with an archive that the worker itself reads: a bucket that it may not list, a
 * command whose answers prove nothing. All contents of a host are checked at once.
 */
final class ArchivesByWorker {
  /** The time that an observation has beside its script. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(8);

  private static final int AT_ONCE = 32;

  private final Map<ContentId, String> troubles = new ConcurrentHashMap<>();

  ArchivesByWorker(ObserveFitness request, S3Clients buckets) {
    List<ContentId> contents =
        request.on().instances().stream().map(Instance::content).distinct().toList();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      CompletableFuture.allOf(
              contents.stream()
                  .map(
                      content ->
                          CompletableFuture.runAsync(
                              () -> troubles.put(content, look(request, buckets, content)),
                              threads))
                  .toArray(CompletableFuture<?>[]::new))
          .join();
    } finally {
      threads.shutdownNow();
    }
  }

  private static String look(ObserveFitness request, S3Clients buckets, ContentId content) {
    return WalCheck.of(request.archive(), content, request.on().host())
        .flatMap(check -> check.trouble(ANSWERED_WITHIN))
        .orElseGet(() -> buckets.trouble(request.archive(), content));
  }

  /** Why the worker can't judge that content's archive; empty if it can. */
  String trouble(ContentId content) {
    return troubles.getOrDefault(content, "");
  }
}
