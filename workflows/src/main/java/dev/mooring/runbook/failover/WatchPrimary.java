package dev.mooring.runbook.failover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.ConnectionActivities.Came;
import dev.mooring.port.ConnectionActivities.LastWrite;
import dev.mooring.port.ConnectionActivities.Watch;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.UnattendedFailover;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the primary is gone, without a lock and without a time limit. The worker of each site
 * connects to the primary again and again; if one site has heard nothing for failover.after, all
 * witnesses observe the primary. The silence of one site is no verdict, however long it lasts: the
 * primary is gone only if every site whose worker observes it heard nothing for that time.
 */
final class WatchPrimary {
  /** The primary is determined again at this interval in any case. */
  private static final Duration A_WATCH = Duration.ofHours(1);

  /** Failures that may pass: too few members answered, or two of them accepted writes. */
  private static final List<FailureCode> OF_THE_MOMENT =
      List.of(FailureCode.NO_PRIMARY, FailureCode.TWO_PRIMARIES, FailureCode.NOT_CAUGHT_UP);

  /** Three observations begin one second apart, and end at failover.after. */
  private static final Duration LOOKED_IN = Duration.ofSeconds(WitnessCheck.LOOKS - 1);

  /** The pause after the primary was seen in recovery, as during a switchover. */
  private static final Duration STOOD_BY = Duration.ofSeconds(5);

  /** A connection attempt takes two seconds at most. */
  private static final Duration AN_ATTEMPT = Duration.ofSeconds(2);

  /**
   * After an observation without a result the next one for the same silence waits twice as long, up
   * to this.
   */
  private static final Duration NO_LONGER_THAN = Duration.ofMinutes(5);

  private final RunContext context;
  private final Cluster cluster;
  private final FailoverLook doing;
  private final UnattendedFailover limits;
  private final boolean byNoPerson;
  private final Runnable anew;
  private final Map<SiteName, Promise<Heard>> watches = new TreeMap<>();

  /** Sites that heard nothing of the primary for failover.after, and nothing since. */
  private final Map<SiteName, Heard> silent = new TreeMap<>();

  private @Nullable Instance watched;
  private Duration pause;
  private Instant lastLook = Instant.EPOCH;
  private Instant nextLook = Instant.EPOCH;
  private Instant aliveAt = Instant.EPOCH;

  /**
   * Watches for one run.
   *
   * @param byNoPerson whether no person waits for the refusal of a run just started
   * @param anew continues the run with an empty history; does not return
   */
  WatchPrimary(
      RunContext context,
      FailoverLook doing,
      UnattendedFailover limits,
      boolean byNoPerson,
      Runnable anew) {
    this.context = context;
    this.cluster = context.cluster();
    this.doing = doing;
    this.limits = limits;
    this.byNoPerson = byNoPerson;
    this.anew = anew;
    this.pause = limits.after();
  }

  /**
   * The result of one site's watch.
   *
   * @param at when it ended
   */
  private record Heard(Optional<Came> came, String words, List<LastWrite> last, Instant at) {
    boolean is(Came what) {
      return came.equals(Optional.of(what));
    }
  }

  /**
   * Returns with a plan, made from an observation that found the primary gone. The watches of other
   * sites are not cancelled: each hears the same silence soon, or ends with the run.
   */
  void untilGone() {
    follow(primaryAtFirst());
    note(
        String.format(
            "connects to %s; observes it from more witnesses once it has not answered for %s",
            primary().id(), DurationText.of(limits.after())));
    for (; ; ) {
      awaitNews();
      boolean more = takeEnded();
      if (more) {
        pause = limits.after();
        nextLook = earlier(nextLook, lastLook.plus(pause));
      }
      boolean allSilent = more && silent.size() == watches.size();
      boolean due = !silent.isEmpty() && !RunbookRun.now().isBefore(nextLook);
      if ((allSilent || due) && isGone()) {
        return;
      }
      anewWhereLong();
    }
  }

  private Instance primary() {
    return Objects.requireNonNull(watched, "no primary is watched yet");
  }

  /** Continues as a new run if the history has grown long. */
  private void anewWhereLong() {
    if (Workflow.getInfo().isContinueAsNewSuggested()) {
      anew.run();
    }
  }

  /** A run that a person just started is refused without a primary; any other waits for one. */
  private Instance primaryAtFirst() {
    Duration wait = limits.after();
    for (; ; ) {
      try {
        return doing.whoIsPrimary(FailoverStep.WATCH);
      } catch (RunbookStop unseen) {
        if (!byNoPerson && Workflow.getInfo().getContinuedExecutionRunId().isEmpty()) {
          throw unseen;
        }
        noteUnseen(unseen);
        anewWhereLong();
        Workflow.sleep(wait);
        wait = DurationText.twice(wait, NO_LONGER_THAN);
      }
    }
  }

  /** All sites watch this primary from now on; what they heard of another is dropped. */
  private void follow(Instance primary) {
    if (primary.equals(watched)) {
      return;
    }
    watched = primary;
    silent.clear();
    pause = limits.after();
    lastLook = Instant.EPOCH;
    nextLook = Instant.EPOCH;
    aliveAt = Instant.EPOCH;
    cluster.sites().forEach(site -> watches.put(site.name(), watch(site.name(), primary)));
  }

  /** Waits for the end of a watch; while a site hears nothing, until the next observation. */
  private void awaitNews() {
    Supplier<Boolean> ended = () -> watches.values().stream().anyMatch(Promise::isCompleted);
    Duration left = Duration.between(RunbookRun.now(), nextLook);
    if (silent.isEmpty()) {
      Workflow.await(ended);
    } else if (left.compareTo(Duration.ZERO) > 0) {
      Workflow.await(left, ended);
    }
  }

  /**
   * Takes the results of the watches that have ended, and starts those watches again, so that an
   * answer of the primary is heard at every site while all witnesses observe it.
   *
   * @return whether one more site heard nothing for failover.after
   */
  private boolean takeEnded() {
    boolean more = false;
    for (SiteName site : List.copyOf(watches.keySet())) {
      Promise<Heard> watch = watches.get(site);
      if (watch == null || !watch.isCompleted()) {
        continue;
      }
      Heard heard = watch.get();
      if (heard.is(Came.HEARD)) {
        aliveAt = later(aliveAt, heard.at());
      }
      if (heard.is(Came.SILENT)) {
        more |= silent.putIfAbsent(site, heard) == null;
      } else if (heard.came().isEmpty() || silent.remove(site) == null || !heard.is(Came.HEARD)) {
        if (heard.is(Came.HEARD)) {
          anewIfFileChanged();
        }
        Instance now = asked();
        if (!now.equals(primary())) {
          follow(now);
          return false;
        }
        if (heard.is(Came.STANDS_BY)) {
          Workflow.sleep(STOOD_BY);
        }
      }
      watches.put(site, watch(site, primary()));
    }
    return more;
  }

  /** The rules of the watch may be months old by the time it acts. */
  private void anewIfFileChanged() {
    if (context.isOther(context.clusterFileNow())) {
      note("the cluster file has changed since it was read; the watch continues by it");
      anew.run();
    }
  }

  /** The current primary, after an hour in which it was heard, or after it was seen in recovery. */
  private Instance asked() {
    pause = limits.after();
    try {
      return doing.whoIsPrimary(FailoverStep.WATCH);
    } catch (RunbookStop unseen) {
      noteUnseen(unseen);
      return primary();
    }
  }

  /** Observes from all witnesses; the plan is made from that observation. */
  private boolean isGone() {
    Instance looked = primary();
    String said = inWords();
    List<LastWrite> last = last();
    List<SiteName> notYet = List.of();
    lastLook = RunbookRun.now();
    try {
      if (doing.isGone(looked, Duration.between(fellSilent(silent.values()), lastLook), last)) {
        notYet = whoHeardIt();
        if (!looked.equals(primary())) {
          return false;
        }
        if (notYet.isEmpty()) {
          if (!last().equals(last)) {
            doing.sawItLast(last());
          }
          doing.planned();
          return true;
        }
        pause = limits.after();
      } else if (doing.observed().heard().isAnswered()) {
        aliveAt = RunbookRun.now();
      }
    } catch (RunbookStop unseen) {
      noteUnseen(unseen);
      lookLater();
      return false;
    }
    noteInVain(said, notYet);
    lookLater();
    follow(doing.observed().old());
    return false;
  }

  private String inWords() {
    return String.format(
        "%s heard nothing of %s (%s)",
        workersOf(silent.keySet()), primary().id(), silent.values().iterator().next().words());
  }

  private void noteInVain(String said, List<SiteName> notYet) {
    String waits =
        notYet.isEmpty()
            ? ""
            : String.format(
                ", not yet silent to %s for %s",
                workersOf(notYet), DurationText.of(limits.after()));
    note(
        String.format(
            "%s; it is %s%s, and nothing is done; observes again within %s",
            said, doing.observed().verdict().state(), waits, DurationText.of(pause)));
  }

  private void lookLater() {
    nextLook = RunbookRun.now().plus(pause);
    pause = DurationText.twice(pause, NO_LONGER_THAN);
  }

  /**
   * Sites whose worker observes the primary and heard it within failover.after: the other sites may
   * have been cut off that long, while the primary failed only just now. If all sites heard the
   * primary until the same moment, their watches end during the observation or one connection
   * attempt later.
   */
  private List<SiteName> whoHeardIt() {
    if (!othersWhoLook().isEmpty()) {
      Workflow.await(
          AN_ATTEMPT.plusMillis(limits.probeEveryMillis()),
          () -> othersWhoLook().stream().map(watches::get).allMatch(Promise::isCompleted));
    }
    takeEnded();
    return othersWhoLook();
  }

  private List<SiteName> othersWhoLook() {
    return watches.keySet().stream()
        .filter(site -> !silent.containsKey(site))
        .filter(doing.observed().heard()::isLookedFrom)
        .toList();
  }

  private static String workersOf(Collection<SiteName> sites) {
    return (sites.size() == 1 ? "the worker of " : "the workers of ")
        + String.join(" and ", sites.stream().map(SiteName::value).toList());
  }

  /** When the last of these sites began to hear nothing, and no other site heard it. */
  private Instant fellSilent(Collection<Heard> of) {
    return of.stream().map(this::fellSilent).reduce(aliveAt, WatchPrimary::later);
  }

  private Instant fellSilent(Heard heard) {
    return heard.at().minus(silence());
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private Duration silence() {
    return limits.after().minus(LOOKED_IN);
  }

  /** The furthest write position that a site read, with its age when the last one fell silent. */
  private List<LastWrite> last() {
    List<Heard> reported = silent.values().stream().filter(one -> !one.last().isEmpty()).toList();
    if (reported.isEmpty()) {
      return List.of();
    }
    Heard furthest =
        Collections.max(
            reported,
            Comparator.comparing((Heard one) -> one.last().get(0).timeline().value())
                .thenComparing(one -> one.last().get(0).position())
                .thenComparing(Heard::at));
    LastWrite seen = furthest.last().get(0);
    Duration longer = Duration.between(fellSilent(furthest), fellSilent(reported));
    return List.of(
        new LastWrite(
            seen.system(),
            seen.timeline(),
            seen.position(),
            seen.beforeMillis() + longer.toMillis()));
  }

  /**
   * An observation that does not determine the primary leaves the watch unchanged: the network may
   * be cut, or both sides of a switchover were observed.
   */
  private void noteUnseen(RunbookStop unseen) {
    if (!OF_THE_MOMENT.contains(unseen.code())) {
      throw unseen;
    }
    note(unseen.reason() + "; nothing is done, and the watch continues");
  }

  private void note(String words) {
    context.run().note(FailoverStep.WATCH, words);
  }

  private Promise<Heard> watch(SiteName site, Instance primary) {
    boolean heardNothing = silent.containsKey(site);
    Duration silentFor = heardNothing ? A_WATCH : silence();
    ConnectionActivities port =
        Workflow.newActivityStub(
            ConnectionActivities.class,
            ActivityPolicies.awaitAnyTime(
                ActivityPolicies.queueOf(site), "watch " + primary.id(), A_WATCH.plus(silentFor)));
    Watch watch =
        new Watch(
            context.run().call(FailoverStep.WATCH),
            cluster.policies().database(),
            WorkLists.server(cluster, primary),
            silentFor,
            A_WATCH,
            limits.probeEveryMillis(),
            heardNothing);
    return Async.function(port::awaitSilence, watch)
        .handle(
            (came, failure) ->
                failure == null
                    ? new Heard(
                        Optional.of(came.came()), came.words(), came.last(), RunbookRun.now())
                    : new Heard(
                        Optional.empty(), "its worker was lost", List.of(), RunbookRun.now()));
  }
}
