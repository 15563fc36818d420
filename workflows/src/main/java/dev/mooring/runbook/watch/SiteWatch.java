package dev.mooring.runbook.watch;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.WatchActivities;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.port.WatchActivities.Pace;
import dev.mooring.port.WatchActivities.Pending;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.port.WatchActivities.Watched;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.WatchPolicy;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The watch of one site: one call after another, each for an hour at most. A worker that is lost is
 * waited for a while; then nothing is known of the site until one has looked again.
 */
final class SiteWatch {
  private static final Duration A_WATCH = Duration.ofHours(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** A call that ran longer was lost with its worker; one that did not fails by itself. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Call call;
  private SiteState state;
  private List<Pending> pending = List.of();
  private Instant begun = RunbookRun.now();
  private int failures;
  private Duration pause = FIRST_PAUSE;
  private Promise<Heard> underWay;

  /** What a call came to: signs, or why there are none. */
  private record Heard(Optional<Watched> watched, Optional<Explained> failure) {}

  /** Begins with what was known last. */
  SiteWatch(Cluster cluster, Call call, SiteState last) {
    this.cluster = cluster;
    this.call = call;
    this.state = last;
    this.underWay = look(ActivityPolicies.WATCH_TAKEN_WITHIN);
  }

  /** Whether there is something new to {@link #take}. */
  boolean isOver() {
    return underWay.isCompleted();
  }

  SiteState state() {
    return state;
  }

  /** Takes what the call came to, and begins the next. */
  void take() {
    Heard heard = underWay.get();
    SiteName site = state.site();
    if (heard.watched().isPresent()) {
      failures = 0;
      pause = FIRST_PAUSE;
      pending = heard.watched().get().pending();
      state = SiteState.watched(site, heard.watched().get().signs());
      underWay = look(ActivityPolicies.WATCH_TAKEN_WITHIN);
      return;
    }
    Explained why = heard.failure().orElseThrow();
    boolean soon = Duration.between(begun, RunbookRun.now()).compareTo(SOON) < 0;
    failures = soon ? failures + 1 : 0;
    if (failures < 2 && why.code() != FailureCode.NO_WORKER) {
      underWay = look(ActivityPolicies.WATCH_TAKEN_WITHIN);
      return;
    }
    pending = List.of();
    state = SiteState.lost(site, why.sentence());
    underWay = Workflow.newTimer(pause).thenCompose(over -> look(A_WATCH));
    pause = Span.twice(pause, LONGEST_PAUSE);
  }

  private Promise<Heard> look(Duration takenWithin) {
    begun = RunbookRun.now();
    WatchActivities port =
        Workflow.newActivityStub(
            WatchActivities.class,
            ActivityPolicies.watch(
                ActivityPolicies.watchQueueOf(state.site()),
                "watch the members of " + state.site(),
                A_WATCH,
                takenWithin));
    return Async.function(port::awaitChanged, work())
        .handle(
            (watched, failure) ->
                failure instanceof TemporalFailure failed
                    ? new Heard(Optional.empty(), Optional.of(Explained.of(failed)))
                    : new Heard(Optional.of(watched), Optional.empty()));
  }

  private WatchWork work() {
    List<Instance> members = cluster.membersAt(state.site());
    StreamingPolicy policy = cluster.streaming().orElseThrow();
    WatchPolicy watch = policy.watch();
    StreamingPolicy.Limits limits = policy.replication().limits();
    return new WatchWork(
        call,
        state.site(),
        cluster.policies().database(),
        WorkLists.servers(cluster, members),
        WorkLists.byHost(cluster, members),
        cluster.members().stream().map(Instance::replicationName).toList(),
        new Pace(watch.every(), watch.beginAfterLooks(), watch.endAfterLooks()),
        new Limits(limits.lagBytes(), limits.archiveFiles(), watch.receiverSilent()),
        A_WATCH,
        state.signs(),
        pending);
  }
}
