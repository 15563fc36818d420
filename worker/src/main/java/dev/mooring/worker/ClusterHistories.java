package dev.mooring.worker;

import dev.mooring.activities.evidence.StoreHistories;
import dev.mooring.activities.temporal.ClosedRuns;
import dev.mooring.activities.temporal.ClosedRuns.ClosedRun;
import dev.mooring.activities.temporal.ClosedRuns.History;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.Sha256;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.wire.HistoryFormat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The histories of one cluster: which of its runs are over, which of them are kept, and since when
 * the others wait. One thread at a time reads; any thread may read the figures meanwhile.
 */
final class ClusterHistories {
  /** How long after an observation the next observation begins. */
  static final Duration EVERY = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(ClusterHistories.class);
  private static final Duration WHOLLY_EVERY = Duration.ofHours(1);

  /** A run shows in the list some seconds after it was over. */
  private static final Duration LISTED_LATE_AT_MOST = Duration.ofMinutes(10);

  /** Pauses double so often: up to 5 min 20 s. */
  private static final int DOUBLED_AT_MOST = 6;

  /** The part of the retention that is left when a run that isn't kept yet is an alarm. */
  private static final int ALARM_IN_LAST = 4;

  private static final Duration ALARM_AGAIN = Duration.ofHours(1);

  private final ClusterName name;
  private final ClosedRuns runs;
  private final StoreHistories histories;
  private final Clock clock;
  private final Map<String, Again> again = new ConcurrentHashMap<>();
  private final AtomicLong kept = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile Swept swept = Swept.NOTHING;
  private volatile Optional<Instant> looked = Optional.empty();
  private Instant wholly = Instant.MIN;
  private Instant alarmed = Instant.MIN;
  private Optional<Duration> retention = Optional.empty();

  ClusterHistories(ClusterName name, ClosedRuns runs, StoreHistories histories, Clock clock) {
    this.name = name;
    this.runs = runs;
    this.histories = histories;
    this.clock = clock;
  }

  /**
   * What is known of the runs.
   *
   * @param since every run that was over before that is kept
   * @param kept the ids of the runs over since then that are known to be kept
   * @param waiting the runs that are over and not kept
   * @param oldest the first of the waiting runs
   * @param listed whether the store listed what it has
   */
  private record Swept(
      Instant since, Set<String> kept, int waiting, Optional<ClosedRun> oldest, boolean listed) {
    static final Swept NOTHING = new Swept(Instant.EPOCH, Set.of(), 0, Optional.empty(), false);
  }

  /** When a history that could not be kept is tried again, after so many times, and why not. */
  private record Again(int times, Instant at, String why) {}

  /** The result. */
  HistoryFigures figures() {
    Swept seen = swept;
    return new HistoryFigures(
        kept.get(), failures.get(), seen.waiting(), seen.oldest().map(ClosedRun::closedAt), looked);
  }

  /** Counts an observation that could not be begun. */
  void failed() {
    failures.incrementAndGet();
  }

  /**
   * Looks once. The figures change only when the observation has found the new ones.
   *
   * @throws RuntimeException when Temporal or the store did not answer
   */
  void look(EvidencePolicy policy) {
    try {
      Swept before = before();
      Instant began = clock.instant();
      look(policy, before);
      looked = Optional.of(clock.instant());
      wholly = before.equals(Swept.NOTHING) ? began : wholly;
    } catch (RuntimeException unanswered) {
      failed();
      throw unanswered;
    }
  }

  private void look(EvidencePolicy policy, Swept before) {
    List<ClosedRun> over = runs.since(name, before.since());
    Set<String> known =
        new HashSet<>(
            before.listed() || over.isEmpty() ? before.kept() : listed(policy, before, over));
    for (ClosedRun run : over) {
      if (!known.contains(run.run()) && isDue(run) && keep(policy, run)) {
        known.add(run.run());
      }
    }
    known.retainAll(ids(over));
    List<ClosedRun> waiting = over.stream().filter(run -> !known.contains(run.run())).toList();
    Instant since =
        first(waiting)
            .map(ClosedRun::closedAt)
            .or(() -> over.stream().map(ClosedRun::closedAt).max(Instant::compareTo))
            .map(closed -> closed.minus(LISTED_LATE_AT_MOST))
            .orElse(before.since());
    saw(since, known, waiting, before.listed() || !over.isEmpty());
    first(waiting)
        .ifPresent(run -> alarm(run, Optional.ofNullable(again.get(run.run())).map(Again::why)));
  }

  /** The histories that the store has; while it does not answer, all wait. */
  private Set<String> listed(EvidencePolicy policy, Swept before, List<ClosedRun> over) {
    try {
      Set<String> ids = ids(over);
      again.keySet().retainAll(ids);
      return histories.kept(policy, name, ids);
    } catch (RuntimeException unlistable) {
      saw(before.since(), Set.of(), over, false);
      first(over).ifPresent(run -> alarm(run, Optional.of(ClusterObservations.said(unlistable))));
      throw unlistable;
    }
  }

  private void saw(Instant since, Set<String> known, List<ClosedRun> waiting, boolean listed) {
    swept = new Swept(since, known, waiting.size(), first(waiting), listed);
  }

  private static Set<String> ids(List<ClosedRun> runs) {
    return runs.stream().map(ClosedRun::run).collect(Collectors.toSet());
  }

  private static Optional<ClosedRun> first(List<ClosedRun> runs) {
    return runs.stream().min(Comparator.comparing(ClosedRun::closedAt));
  }

  /**
   * What was known, by Temporal's own times alone; now and then nothing, so that a run that was
   * listed too late, and a loss in the store, are found without a restart.
   */
  private Swept before() {
    Instant now = clock.instant();
    if (now.minus(WHOLLY_EVERY).isBefore(wholly)) {
      return swept;
    }
    retention = Optional.empty();
    return Swept.NOTHING;
  }

  private boolean keep(EvidencePolicy policy, ClosedRun run) {
    try {
      History history = runs.history(name, run);
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
      failed();
      String why = ClusterObservations.said(notKept);
      again.merge(run.run(), new Again(1, clock.instant().plus(EVERY), why), this::later);
      log.warn(
          "the history of run {} of {} was not kept in the evidence store, it is tried again: {}",
          run.run(),
          run.workflowId(),
          why);
      return false;
    }
  }

  /** Each time twice as long, to a limit. */
  private Again later(Again before, Again first) {
    int times = before.times() + 1;
    Duration pause = EVERY.multipliedBy(1L << Math.min(times - 1, DOUBLED_AT_MOST));
    return new Again(times, clock.instant().plus(pause), first.why());
  }

  private boolean isDue(ClosedRun run) {
    Again next = again.get(run.run());
    return next == null || !clock.instant().isBefore(next.at());
  }

  /** Logs loudly, once an hour, why a run is not kept while there is still time to fix it. */
  private void alarm(ClosedRun oldest, Optional<String> why) {
    Duration forgets = retention.orElseGet(runs::retention);
    retention = Optional.of(forgets);
    Instant forgotten = oldest.closedAt().plus(forgets);
    Instant now = clock.instant();
    // a namespace without a retention forgets nothing
    if (!forgets.isZero()
        && now.isAfter(forgotten.minus(forgets.dividedBy(ALARM_IN_LAST)))
        && !now.minus(ALARM_AGAIN).isBefore(alarmed)) {
      alarmed = now;
      log.error(
          "Temporal forgets the history of run {} of {} on {}, and it is not in the evidence store"
              + " yet: {}. `mooring verify {}` will miss it",
          oldest.run(),
          oldest.workflowId(),
          forgotten,
          why.orElse("it was not tried yet"),
          name);
    }
  }
}
