package dev.mooring.runbook.replication;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.replication.ReplicationResult.Health;
import dev.mooring.runbook.replication.ReplicationResult.SlotRow;
import dev.mooring.runbook.replication.ReplicationResult.StandbyRow;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runbook ReplicationSetup; see {@link ReplicationSetupWorkflow}. */
public final class ReplicationSetupImpl implements ReplicationSetupWorkflow {
  private final RunContext<ReplicationStep> context;
  private final RunbookRun<ReplicationStep> run;

  @WorkflowInit
  public ReplicationSetupImpl(@Nullable RawRequest raw) {
    context = new RunContext<>("ReplicationSetup", raw, ReplicationStep.class);
    run = context.run();
  }

  @Override
  public ReplicationResult setUp(@Nullable RawRequest raw) {
    ReplicationRequest request = ReplicationRequest.of(raw);
    return run.toTheEnd(
        () ->
            switch (request.act()) {
              case VERIFY -> verified();
            },
        ReplicationResult::headline,
        ending -> "no receipt: who only looks leaves none");
  }

  private ReplicationResult verified() {
    Cluster cluster = run.observe(ReplicationStep.RESOLVE, context::readCluster);
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.CLUSTER_FILE,
          "no standby of " + cluster.name() + " streams: its cluster file has no `replication`");
    }
    ReplicationCalls calls = new ReplicationCalls(cluster);
    Members members =
        run.observe(
            ReplicationStep.OBSERVE_MEMBERS,
            () -> RunContext.orFail(calls.members(run.call(ReplicationStep.OBSERVE_MEMBERS))));
    ReplicationTable table = new ReplicationTable(cluster, members);
    List<StandbyRow> rows =
        run.observe(
            ReplicationStep.VERIFY,
            () -> table.rows(calls.caughtUp(run.call(ReplicationStep.VERIFY), members)));
    List<SlotRow> slots = table.slots();
    return new ReplicationResult(
        "verified",
        headline(cluster, members, rows),
        ReplicationTable.worst(rows),
        members.primary().id(),
        rows,
        slots,
        List.of(),
        ReplicationTable.unused(slots),
        run.progress().steps());
  }

  private static String headline(Cluster cluster, Members members, List<StandbyRow> rows) {
    long healthy = rows.stream().filter(row -> row.health() == Health.HEALTHY).count();
    return String.format(
        "%s: %s is the primary on timeline %s, %d of %d standbys healthy",
        cluster.name(),
        members.primary().id(),
        members.primarySeen().standing().timeline(),
        healthy,
        rows.size());
  }

  @Override
  public Progress progress() {
    return run.progress();
  }
}
