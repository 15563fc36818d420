package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.evidence.StoreHistories;
import dev.mooring.activities.temporal.ClosedRuns;
import dev.mooring.activities.temporal.ClosedRuns.ClosedRun;
import dev.mooring.activities.temporal.ClosedRuns.History;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.Sha256;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.HistoryFormat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the history of every run that is over in the evidence store, before Temporal forgets it. It
 * looks every few seconds for runs of the clusters whose sites this worker serves; several workers
 * do the same and do each other no harm. What fails is told, counted and tried again at the next
 * look; nothing of it touches a run.
 */
final class HistoryExport implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HistoryExport.class);
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Duration WHOLLY_EVERY = Duration.ofHours(1);

  /** A run shows in the list some seconds after it was over. */
  private static final Duration LISTED_LATE_AT_MOST = Duration.ofMinutes(10);

  /** The part of the retention that is left when a run that isn't kept yet is an alarm. */
  private static final int ALARM_IN_LAST = 4;

  private static final long STOPPED_WITHIN_SECONDS = 5;

  private final ClosedRuns runs;
  private final ClusterFiles files;
  private final StoreHistories histories;
  private final Set<SiteName> sites;
  private final Clock clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread sweeper = new Thread(task, "history-export");
            sweeper.setDaemon(true);
            return sweeper;
          });
  private final Map<ClusterName, Swept> swept = new ConcurrentHashMap<>();
  private final Map<ClusterName, Instant> wholly = new ConcurrentHashMap<>();
  private final Map<String, Again> again = new ConcurrentHashMap<>();
  private Optional<Duration> retention = Optional.empty();
  private final AtomicLong kept = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  HistoryExport(
      ClosedRuns runs,
      ClusterFiles files,
      StoreHistories histories,
      List<SiteName> sites,
      Clock clock) {
    this.runs = runs;
    this.files = files;
    this.histories = histories;
    this.sites = Set.copyOf(sites);
    this.clock = clock;
  }

  /**
   * What is known of a cluster's runs.
   *
   * @param since no run that is not kept was over before that
   * @param kept the run ids known to be kept, of those over since then
   * @param waiting those that are over and not kept
   * @param oldest when the first of those was over
   * @param listed whether the store said what it has
   */
  private record Swept(
      Instant since, Set<String> kept, int waiting, Optional<Instant> oldest, boolean listed) {
    static final Swept NOTHING = new Swept(Instant.EPOCH, Set.of(), 0, Optional.empty(), false);
  }

  /** When a history that could not be kept is tried again, after so many times. */
  private record Again(int times, Instant at) {}

  /** Begins to look; a worker of no site keeps nothing, because it reaches no store. */
  HistoryExport started() {
    if (!sites.isEmpty()) {
      var unused =
          thread.scheduleWithFixedDelay(this::sweep, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
    }
    return this;
  }

  /** One look at all clusters. */
  void sweep() {
    for (ClusterName name : names()) {
      try {
        Cluster cluster = files.read(name);
        cluster.sites().stream()
            .map(Site::name)
            .filter(sites::contains)
            .findFirst()
            .ifPresent(site -> sweep(cluster, site));
      } catch (RuntimeException | LinkageError | StackOverflowError unreadable) {
        // thrown on, it would end all later looks without a word
        failed("no histories of " + name + " were kept", unreadable);
      }
    }
  }

  private List<ClusterName> names() {
    try {
      return files.names();
    } catch (RuntimeException unreadable) {
      failed("no histories were kept", unreadable);
      return List.of();
    }
  }

  private void sweep(Cluster cluster, SiteName site) {
    ClusterName name = cluster.name();
    EvidencePolicy policy = cluster.policies().evidence().at(site);
    Swept before = before(name);
    List<ClosedRun> over = runs.since(name, before.since());
    Set<String> known = new HashSet<>(before.kept());
    if (!before.listed() && !over.isEmpty()) {
      swept.put(name, new Swept(before.since(), Set.of(), over.size(), first(over), false));
      known.addAll(histories.kept(policy, name));
    }
    for (ClosedRun run : over) {
      if (!known.contains(run.run()) && isDue(run) && keep(policy, name, run)) {
        known.add(run.run());
      }
    }
    known.retainAll(over.stream().map(ClosedRun::run).collect(Collectors.toSet()));
    List<ClosedRun> waiting = over.stream().filter(run -> !known.contains(run.run())).toList();
    Optional<Instant> oldest = first(waiting);
    Instant since =
        oldest
            .or(() -> over.stream().map(ClosedRun::closedAt).max(Instant::compareTo))
            .map(closed -> closed.minus(LISTED_LATE_AT_MOST))
            .orElse(before.since());
    boolean listed = before.listed() || !over.isEmpty();
    swept.put(name, new Swept(since, known, waiting.size(), oldest, listed));
    oldest.ifPresent(first -> alarm(name, first));
  }

  private static Optional<Instant> first(List<ClosedRun> runs) {
    return runs.stream().map(ClosedRun::closedAt).min(Instant::compareTo);
  }

  /**
   * What was known, by Temporal's own times alone; now and then nothing, so that a run that was
   * listed too late and a store that lost something are seen without a restart.
   */
  private Swept before(ClusterName name) {
    Instant now = clock.instant();
    Instant last = wholly.get(name);
    if (last != null && now.isBefore(last.plus(WHOLLY_EVERY))) {
      return swept.getOrDefault(name, Swept.NOTHING);
    }
    wholly.put(name, now);
    retention = Optional.empty();
    return Swept.NOTHING;
  }

  private boolean keep(EvidencePolicy policy, ClusterName cluster, ClosedRun run) {
    try {
      History history = runs.history(cluster, run);
      byte[] packed = HistoryFormat.pack(history.json());
      HistoryRecord record =
          new HistoryRecord(
              history.run(),
              run.outcome(),
              run.startedAt(),
              run.closedAt(),
              history.events(),
              Sha256.of(packed));
      if (histories.keep(policy, record, packed)) {
        kept.incrementAndGet();
        log.info("history of run {} of {} was kept", run.run(), run.workflowId());
      }
      again.remove(run.run());
      return true;
    } catch (RuntimeException notKept) {
      again.merge(run.run(), new Again(1, clock.instant().plus(EVERY)), this::later);
      failed("the history of run " + run.run() + " of " + run.workflowId(), notKept);
      return false;
    }
  }

  /** Each time twice as long, five minutes at most. */
  private Again later(Again before, Again first) {
    int times = before.times() + 1;
    Duration pause = EVERY.multipliedBy(1L << Math.min(times - 1, 6));
    return new Again(times, clock.instant().plus(pause));
  }

  private boolean isDue(ClosedRun run) {
    Again next = again.get(run.run());
    return next == null || !clock.instant().isBefore(next.at());
  }

  private void failed(String what, Throwable why) {
    failures.incrementAndGet();
    log.warn("{} was not kept in the evidence store, it is tried again: {}", what, said(why));
  }

  private static String said(Throwable failure) {
    return failure instanceof RuntimeException
        ? String.valueOf(failure.getMessage())
        : failure.toString();
  }

  /** Says so loudly while there is still time to mend what stands against it. */
  private void alarm(ClusterName cluster, Instant oldest) {
    Duration kept = retention.orElseGet(runs::retention);
    retention = Optional.of(kept);
    Instant forgotten = oldest.plus(kept);
    // a namespace without a retention forgets nothing
    if (!kept.isZero() && clock.instant().isAfter(forgotten.minus(kept.dividedBy(ALARM_IN_LAST)))) {
      log.error(
          "Temporal forgets a history of {} on {} that is not in the evidence store yet; the"
              + " warnings before this say why. `mooring verify {}` will miss it",
          cluster,
          forgotten,
          cluster);
    }
  }

  /** How many histories this worker kept. */
  long kept() {
    return kept.get();
  }

  /** How many attempts to keep one failed. */
  long failures() {
    return failures.get();
  }

  /** How many runs are over and not kept, as of the last look. */
  long waiting() {
    return swept.values().stream().mapToLong(Swept::waiting).sum();
  }

  /** Seconds since the first of those was over; 0 when there is none. */
  double oldestWaitingSeconds() {
    return swept.values().stream()
        .flatMap(one -> one.oldest().stream())
        .min(Instant::compareTo)
        .map(first -> (double) Duration.between(first, clock.instant()).toSeconds())
        .orElse(0.0);
  }

  /** Lets the history end that is being kept; what was not begun another worker does. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(STOPPED_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException ending) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
