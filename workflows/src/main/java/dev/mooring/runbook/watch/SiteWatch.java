package dev.mooring.runbook.watch;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.WatchActivities;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.port.WatchActivities.Pace;
import dev.mooring.port.WatchActivities.Pending;
import dev.mooring.port.WatchActivities.Reported;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.port.WatchActivities.Watched;
import dev.mooring.port.WatchActivities.WatchedSite;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ResilverReaction;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.WatchPolicy;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The watch of one site: one call after another, each for an hour at most. A lost worker is waited
 * for a while; then nothing is known of the site until a worker has looked again.
 */
final class SiteWatch {
  private static final Duration A_WATCH = Duration.ofHours(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Cluster cluster;
  private final Call call;
  private final FailedLooks failed = new FailedLooks();
  private SiteState state;
  private List<Pending> pending = List.of();
  private Duration pause = FIRST_PAUSE;
  private Promise<Heard> underWay;

  /**
   * The result of a call.
   *
   * @param watched the signs, if there are any
   * @param failure why there are none
   */
  private record Heard(Optional<Watched> watched, Explained failure) {
    private static final Explained NONE = new Explained(FailureCode.BUG, "");

    static Heard of(@Nullable Watched watched, @Nullable RuntimeException failure) {
      if (failure == null) {
        return new Heard(Optional.ofNullable(watched), NONE);
      }
      return new Heard(
          Optional.empty(),
          failure instanceof TemporalFailure failed
              ? Explained.of(failed)
              : new Explained(
                  FailureCode.BUG, "the answer of its worker can't be read: " + failure));
    }
  }

  /** Begins with the last known state without the roles: no worker has looked since. */
  SiteWatch(Cluster cluster, Call call, SiteState last) {
    this.cluster = cluster;
    this.call = call;
    this.state = last.withoutRoles(cluster.membersAt(last.site()));
    this.underWay = look(ActivityPolicies.WATCH_TAKEN_WITHIN);
  }

  /** Whether there is something new to {@link #take}. */
  boolean isOver() {
    return underWay.isCompleted();
  }

  SiteState state() {
    return state;
  }

  /** Takes the result of the call, and begins the next. */
  void take() {
    Heard heard = underWay.get();
    heard.watched().ifPresentOrElse(this::saw, () -> failed(heard.failure()));
  }

  private void saw(Watched watched) {
    pending = watched.pending();
    // one that ended with its worker before anything was steady shows nothing
    if (!watched.signs().isEmpty()) {
      state = SiteState.watched(state.site(), members(), watched.signs());
    }
    if (isKnown()) {
      failed.areOver();
      pause = FIRST_PAUSE;
    }
    if (!watched.ended()) {
      underWay = look(ActivityPolicies.WATCH_TAKEN_WITHIN);
    } else if (isKnown() || !failed.areTooMany()) {
      goOnWithoutRoles();
    } else {
      isLost(new Explained(FailureCode.NO_WORKER, "its worker stops again and again"));
    }
  }

  /** Of a DR site only the processes are read. */
  private boolean isKnown() {
    return state.hasRoles() || (members().isEmpty() && !state.signs().isEmpty());
  }

  private void failed(Explained why) {
    pending = List.of();
    if (failed.areTooMany() || why.code() == FailureCode.NO_WORKER) {
      isLost(why);
    } else {
      goOnWithoutRoles();
    }
  }

  private void goOnWithoutRoles() {
    state = state.withoutRoles(members());
    underWay = look(ActivityPolicies.WATCH_TAKEN_WITHIN);
  }

  private void isLost(Explained why) {
    state = SiteState.lost(state.site(), why.sentence());
    underWay = Workflow.newTimer(pause).thenCompose(over -> look(A_WATCH));
    pause = DurationText.twice(pause, LONGEST_PAUSE);
  }

  private List<Instance> members() {
    return cluster.membersAt(state.site());
  }

  private Promise<Heard> look(Duration takenWithin) {
    WatchActivities port =
        Workflow.newActivityStub(
            WatchActivities.class,
            ActivityPolicies.watch(
                ActivityPolicies.watchQueueOf(state.site()),
                "watch the members of " + state.site(),
                A_WATCH,
                takenWithin));
    return Async.function(port::awaitChanged, work()).handle(Heard::of);
  }

  private WatchWork work() {
    List<Instance> members = members();
    StreamingPolicy policy = cluster.streaming().orElseThrow();
    WatchPolicy watch = policy.watch();
    StreamingPolicy.Limits limits = policy.replication().limits();
    return new WatchWork(
        call,
        new WatchedSite(
            state.site(),
            cluster.policies().database(),
            WorkLists.servers(cluster, members),
            WorkLists.byHost(cluster, cluster.instancesAt(state.site())),
            cluster.members().stream().map(cluster::applicationName).toList(),
            EvidenceLimits.at(cluster, state.site())),
        new Pace(
            watch.every(),
            watch.beginAfterLooks(),
            watch.endAfterLooks(),
            watch.resilvers().map(ResilverReaction::afterLooks).orElse(0)),
        new Limits(
            limits.lagBytes(),
            limits.archiveFiles(),
            cluster.policies().publish().every().toSeconds(),
            watch.receiverSilent(),
            watch.lag(),
            watch.slotBytes(),
            members.isEmpty() ? 0 : watch.diskUsed()),
        A_WATCH,
        new Reported(state.signs(), pending));
  }
}
