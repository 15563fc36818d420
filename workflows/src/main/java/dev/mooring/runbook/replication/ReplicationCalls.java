package dev.mooring.runbook.replication;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.CatchUp;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.replication.ReplicationTable.Caught;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What ReplicationSetup asks of members, through the workers of their sites. */
final class ReplicationCalls {
  /** A member that says nothing is tried at for as long as it takes to be sure. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(20);

  private final Cluster cluster;
  private final boolean acts;
  private final Optional<InstanceId> kept;

  /**
   * What is asked of members.
   *
   * @param acts whether something is done by the answers
   * @param kept the member that a person keeps if several accept writes
   */
  ReplicationCalls(Cluster cluster, boolean acts, Optional<InstanceId> kept) {
    this.cluster = cluster;
    this.acts = acts;
    this.kept = kept;
  }

  /** Every member, asked at once; those of a site without a worker are in the failures. */
  Verdict<Members> members(Call call) {
    Observations looks =
        acts ? Observations.toAct(ANSWERED_WITHIN) : new Observations(ANSWERED_WITHIN);
    List<MemberObserved> seen = new ArrayList<>();
    List<InstanceFailure> failures = new ArrayList<>();
    List<Runnable> answers = new ArrayList<>();
    for (Site site : cluster.sites()) {
      List<Instance> here = cluster.membersAt(site.name());
      if (!here.isEmpty()) {
        Promise<Observed<ReplicationObserved>> look =
            new MemberObservations(cluster)
                .look(
                    looks,
                    new Observations.At(
                        "the members at " + site.name(),
                        ActivityPolicies.queueOf(site.name()),
                        FailureCode.DATABASE_UNREACHABLE),
                    call,
                    here);
        answers.add(() -> take(look.get(), here, seen, failures));
      }
    }
    answers.forEach(Runnable::run);
    return kept.map(one -> Members.keeping(cluster, one, seen, failures))
        .orElseGet(() -> Members.judge(cluster, seen, failures));
  }

  private static void take(
      Observed<ReplicationObserved> observed,
      List<Instance> asked,
      List<MemberObserved> seen,
      List<InstanceFailure> failures) {
    if (observed instanceof Observed.Seen<ReplicationObserved> answer) {
      seen.addAll(answer.value().members());
      failures.addAll(answer.value().failures());
    } else if (observed instanceof Observed.Unseen<ReplicationObserved> silent) {
      asked.forEach(i -> failures.add(new InstanceFailure(i.id(), silent.code(), silent.why())));
    }
  }

  /**
   * Measures how long each standby takes to replay to the primary's current position. A standby
   * that is gone is not waited for: a plan of its setup would be delayed for nothing.
   */
  List<Caught> caughtUp(Call call, Members members) {
    ReplicationTable table = new ReplicationTable(cluster, members);
    List<Promise<Caught>> waits = new ArrayList<>();
    for (Instance standby : members.standbys()) {
      waits.add(
          table.isGone(standby)
              ? Workflow.newPromise(new Caught(standby, -1, members.silence(standby.id())))
              : wait(call, members.primary(), standby));
    }
    return waits.stream().map(Promise::get).toList();
  }

  private Promise<Caught> wait(Call call, Instance primary, Instance standby) {
    CatchUp catchUp = new CatchUp(cluster);
    Duration atMost = ReplicationTable.HEALTHY_WITHIN;
    long began = Workflow.currentTimeMillis();
    return Async.function(() -> catchUp.await(call, primary, List.of(standby), atMost, List.of()))
        .handle(
            (awaited, failure) -> {
              if (failure != null) {
                return notReached(standby, failure);
              }
              return caught(standby, awaited, Workflow.currentTimeMillis() - began);
            });
  }

  private static Caught notReached(Instance standby, RuntimeException failure) {
    if (!(failure instanceof TemporalFailure failed)) {
      throw failure;
    }
    return new Caught(standby, -1, Explained.unlessStopped(failed).sentence());
  }

  private static Caught caught(Instance standby, StandbysAwaited awaited, long millis) {
    return awaited.behind().isEmpty()
        ? new Caught(standby, millis, "")
        : new Caught(standby, -1, FanOut.inWords(awaited.behind()));
  }
}
