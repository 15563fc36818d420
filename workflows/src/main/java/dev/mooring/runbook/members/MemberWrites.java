package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.EnsureWritten;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes that prove that a member accepts them, or rejects them. */
public final class MemberWrites {
  private static final Duration WITHIN = Duration.ofSeconds(10);

  private final Cluster cluster;

  /** On that cluster's members. */
  public MemberWrites(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Writes on a primary; retried as long as it does not answer. */
  public WriteProved proved(Call call, Instance primary) {
    return port(ActivityPolicies.ENSURE.options(queue(primary), "write at " + primary.id()))
        .ensureWritten(written(call, primary));
  }

  /** Writes on a primary in one attempt: a commit may wait for a standby that is not there. */
  public WriteProved once(Call call, Instance primary) {
    return port(ActivityPolicies.ENSURE.oneAttempt(queue(primary), "write at " + primary.id()))
        .ensureWritten(written(call, primary));
  }

  /**
   * Writes in one attempt, because the commit may wait for a standby that is gone: the caller
   * continues without it.
   *
   * @param unended gets the reason if the commit did not end; any other failure is thrown
   */
  public Optional<WriteProved> tried(Call call, Instance primary, Consumer<String> unended) {
    try {
      return Optional.of(once(call, primary));
    } catch (TemporalFailure e) {
      Explained why = Explained.unlessStopped(e);
      if (!why.isOutcomeUnknown()) {
        throw e;
      }
      unended.accept(
          String.format("(%s): check which standbys its commits wait for", why.sentence()));
      return Optional.empty();
    }
  }

  /** Tries a write on a standby, which must reject it. */
  public WriteRefused refused(Call call, Instance standby) {
    return refused(call, standby, WITHIN);
  }

  /** Tries a write on a standby, with a time limit. */
  public WriteRefused refused(Call call, Instance standby, Duration within) {
    return port(ActivityPolicies.OBSERVE.options(queue(standby), "be refused at " + standby.id()))
        .observeWriteRefused(written(call, standby, within));
  }

  private static String queue(Instance instance) {
    return ActivityPolicies.queueOf(instance.site());
  }

  private static ReplicationActivities port(ActivityOptions options) {
    return Workflow.newActivityStub(ReplicationActivities.class, options);
  }

  private EnsureWritten written(Call call, Instance at) {
    return written(call, at, WITHIN);
  }

  private EnsureWritten written(Call call, Instance at, Duration within) {
    return new EnsureWritten(
        call, cluster.policies().database(), WorkLists.server(cluster, at), within);
  }
}
