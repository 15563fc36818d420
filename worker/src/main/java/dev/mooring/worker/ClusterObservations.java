package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.topology.ClusterName;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each cluster of the configuration directory again and again, in a thread of its own, so
 * that a store that never answers delays no other cluster. No observation of a cluster begins
 * before its last one ended.
 */
final class ClusterObservations {
  private static final Logger log = LoggerFactory.getLogger(ClusterObservations.class);

  /** A reading that takes longer is logged; one of many histories takes a while. */
  private static final Duration HANGS_AFTER = Duration.ofMinutes(1);

  private final Words words;
  private final ClusterFiles files;
  private final Consumer<ClusterName> look;
  private final Map<String, String> troubles = new ConcurrentHashMap<>();
  private final Map<ClusterName, Look> looks = new HashMap<>();
  private final ScheduledExecutorService rounds;
  private final ExecutorService looking;

  /**
   * @param look what is done with a cluster, in one thread at a time; an exception is logged once
   *     and ends nothing
   */
  ClusterObservations(Words words, ClusterFiles files, Consumer<ClusterName> look) {
    this.words = words;
    this.files = files;
    this.look = look;
    this.rounds = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(words.threads()));
    this.looking = Executors.newCachedThreadPool(DaemonThreads.named(words.threads()));
  }

  /**
   * How the log reports readings.
   *
   * @param threads the name of the threads
   * @param what "the evidence", before the cluster's name
   * @param fails "can't be read for the metrics", before the reason
   * @param again "can be read again"
   */
  record Words(String threads, String what, String fails, String again) {}

  private record Look(Future<?> done, long beganNanos) {
    boolean hangs() {
      return System.nanoTime() - beganNanos > HANGS_AFTER.toNanos();
    }
  }

  /** Begins a round now, and the next so long after each. */
  void begin(Duration every) {
    var unused =
        rounds.scheduleWithFixedDelay(this::round, 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    logged("the configuration directory", () -> files.names().forEach(this::begin));
  }

  private void begin(ClusterName name) {
    String what = words.what() + " of " + name;
    Look last = looks.get(name);
    if (looking.isShutdown()) {
      return;
    }
    if (last == null || last.done().isDone()) {
      looks.put(
          name,
          new Look(looking.submit(() -> logged(what, () -> look.accept(name))), System.nanoTime()));
    } else if (last.hangs()) {
      troubled(what, "the last reading has not ended yet");
    }
  }

  /**
   * Logs one line when an observation begins to fail, or fails for another reason, and one when it
   * succeeds again. It catches everything, errors too: they would end the observations silently.
   */
  private void logged(String what, Runnable act) {
    try {
      act.run();
      if (troubles.remove(what) != null) {
        log.info("{} {}", what, words.again());
      }
    } catch (RuntimeException failed) {
      troubled(what, said(failed));
    } catch (Throwable broken) {
      log.error("{} {}", what, words.fails(), broken);
      troubles.put(what, broken.toString());
    }
  }

  /** The message of the failure, without the SDK's additions for its own logs. */
  static String said(RuntimeException failure) {
    String message =
        failure instanceof TemporalFailure known
            ? known.getOriginalMessage()
            : failure.getMessage();
    return Optional.ofNullable(message).orElse(failure.toString());
  }

  private void troubled(String what, String why) {
    if (!why.equals(troubles.put(what, why))) {
      log.warn("{} {}: {}", what, words.fails(), why);
    }
  }

  /** Begins no other reading; an open one is interrupted after that time. */
  void end(Duration patience) {
    rounds.shutdownNow();
    looking.shutdown();
    try {
      if (!looking.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        looking.shutdownNow();
      }
    } catch (InterruptedException ending) {
      looking.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
