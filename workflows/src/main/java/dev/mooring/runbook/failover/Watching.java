package dev.mooring.runbook.failover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.port.KnockActivities;
import dev.mooring.port.KnockActivities.Came;
import dev.mooring.port.KnockActivities.LastWrite;
import dev.mooring.port.KnockActivities.Watch;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.UnattendedFailover;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Waits until the primary is gone, without a lock and for as long as it takes: the worker of each
 * site knocks on and on, and one that hears nothing for long enough lets all witnesses look. What
 * it was that one heard nothing of is found out then; silence of one alone is no verdict.
 */
final class Watching {
  /** Who is the primary is asked again as often as this, whatever is heard. */
  private static final Duration A_WATCH = Duration.ofHours(1);

  /** Why a look fails that tells nothing of the next one: too little was seen, or two wrote. */
  private static final List<FailureCode> OF_THE_MOMENT =
      List.of(FailureCode.NO_PRIMARY, FailureCode.TWO_PRIMARIES, FailureCode.NOT_CAUGHT_UP);

  /** Three looks begin a second apart: they end when nothing was heard for failover.after. */
  private static final Duration LOOKED_IN = Duration.ofSeconds(WitnessCheck.LOOKS - 1);

  /** A site whose alarm the others don't share waits twice as long for the next one, up to this. */
  private static final Duration NO_LONGER_THAN = Duration.ofMinutes(5);

  private final RunContext<FailoverStep> context;
  private final Cluster cluster;
  private final FailingOver doing;
  private final UnattendedFailover limits;
  private final Runnable anew;
  private final Map<SiteName, Duration> patience = new TreeMap<>();

  /**
   * For one run.
   *
   * @param anew begins the run anew, with an empty history; does not return
   */
  Watching(
      RunContext<FailoverStep> context,
      FailingOver doing,
      UnattendedFailover limits,
      Runnable anew) {
    this.context = context;
    this.cluster = context.cluster();
    this.doing = doing;
    this.limits = limits;
    this.anew = anew;
  }

  /** What the watch of one site came to. */
  private record Heard(
      SiteName site,
      Instance primary,
      Duration silentFor,
      Came came,
      String words,
      List<LastWrite> last) {
    boolean isSilence() {
      return came == Came.SILENT;
    }
  }

  /**
   * Ends with a plan, made of a look that saw the primary gone. Nobody's watch is taken back: each
   * hears the same silence soon, or ends with the run.
   */
  boolean untilGone() {
    Instance primary = primaryAtFirst();
    Map<SiteName, Promise<Heard>> watches = new TreeMap<>();
    for (Site site : cluster.sites()) {
      watches.put(site.name(), watch(site.name(), primary));
    }
    note(
        String.format(
            "knocks at %s, and looks further once nothing is heard of it for %s",
            primary.id(), Span.of(limits.after())));
    for (; ; ) {
      Promise.anyOf(watches.values()).get();
      for (Promise<Heard> ended : List.copyOf(watches.values())) {
        if (ended.isCompleted()) {
          Heard heard = ended.get();
          Optional<Instance> next =
              heard.isSilence() ? unlessGone(heard) : Optional.of(asked(heard));
          if (next.isEmpty()) {
            return true;
          }
          watches.put(heard.site(), watch(heard.site(), next.get()));
        }
      }
      anewWhereLong();
    }
  }

  /** A history that has grown long is left, and another one begun. */
  private void anewWhereLong() {
    if (Workflow.getInfo().isContinueAsNewSuggested()) {
      anew.run();
    }
  }

  /** A run that is typed is refused where no primary is seen; one that goes on waits for it. */
  private Instance primaryAtFirst() {
    Duration pause = limits.after();
    for (; ; ) {
      try {
        return doing.whoIsPrimary(FailoverStep.WATCH);
      } catch (RunbookStop unseen) {
        if (Workflow.getInfo().getContinuedExecutionRunId().isEmpty()) {
          throw unseen;
        }
        noteUnseen(unseen);
        anewWhereLong();
        Workflow.sleep(pause);
        pause = Span.twice(pause, NO_LONGER_THAN);
      }
    }
  }

  /** Whom that site watches from now on, after an hour in which it heard the primary. */
  private Instance asked(Heard heard) {
    patience.remove(heard.site());
    try {
      return doing.whoIsPrimary(FailoverStep.WATCH);
    } catch (RunbookStop unseen) {
      noteUnseen(unseen);
      return heard.primary();
    }
  }

  /** The same after silence; nobody, where all that look see the primary gone. */
  private Optional<Instance> unlessGone(Heard heard) {
    patience.merge(heard.site(), limits.after(), (last, first) -> Span.twice(last, NO_LONGER_THAN));
    try {
      if (doing.plannedWhereGone(heard.primary(), heard.silentFor(), heard.last())) {
        return Optional.empty();
      }
    } catch (RunbookStop unseen) {
      noteUnseen(unseen);
      return Optional.of(heard.primary());
    }
    note(
        String.format(
            "the worker of %s heard nothing of %s (%s); it is %s, and nothing is done",
            heard.site(), heard.primary().id(), heard.words(), doing.sight().verdict().state()));
    return Optional.of(doing.sight().old());
  }

  /**
   * A look that does not tell who the primary is leaves the watch as it is: there may be no network
   * between, and a planned move may be seen from both its sides.
   */
  private void noteUnseen(RunbookStop unseen) {
    if (!OF_THE_MOMENT.contains(unseen.code())) {
      throw unseen;
    }
    note(unseen.reason() + "; nothing is done, and the watch goes on");
  }

  private void note(String words) {
    context.run().note(FailoverStep.WATCH, words);
  }

  private Promise<Heard> watch(SiteName site, Instance primary) {
    KnockActivities port =
        Workflow.newActivityStub(
            KnockActivities.class,
            ActivityPolicies.awaitAnyTime(
                ActivityPolicies.queueOf(site), "watch " + primary.id(), A_WATCH));
    Duration silentFor =
        limits.after().minus(LOOKED_IN).plus(patience.getOrDefault(site, Duration.ZERO));
    Watch watch =
        new Watch(
            context.run().call(FailoverStep.WATCH),
            cluster.policies().database(),
            WorkLists.server(cluster, primary),
            silentFor,
            A_WATCH,
            limits.probeEveryMillis());
    return Async.function(port::awaitSilence, watch)
        .handle(
            (came, failure) ->
                failure == null
                    ? new Heard(site, primary, silentFor, came.came(), came.words(), came.last())
                    : new Heard(
                        site, primary, silentFor, Came.HEARD, "its worker was lost", List.of()));
  }
}
