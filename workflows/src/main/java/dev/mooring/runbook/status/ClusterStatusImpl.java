package dev.mooring.runbook.status;

import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import org.jspecify.annotations.Nullable;

/** The runbook ClusterStatus; see {@link ClusterStatusWorkflow}. */
public final class ClusterStatusImpl implements ClusterStatusWorkflow {
  private final RunContext context;
  private final RunbookRun run;

  @WorkflowInit
  public ClusterStatusImpl(@Nullable RawRequest raw) {
    context = new RunContext("ClusterStatus", raw, StatusStep.class);
    run = context.run();
  }

  @Override
  public StatusResult look(@Nullable RawRequest raw) {
    StatusRequest request = StatusRequest.of(raw);
    return run.runToEnding(
        () -> looked(request),
        StatusResult::headline,
        ending -> "no receipt: a run that only reads writes none");
  }

  private StatusResult looked(StatusRequest request) {
    Cluster cluster = run.observe(StatusStep.RESOLVE, context::readCluster);
    StatusLook look = new StatusLook(cluster, run.call(StatusStep.LOOK));
    return StatusJudge.judge(run.observe(StatusStep.LOOK, () -> look.facts(request)));
  }

  @Override
  public Progress progress() {
    return run.progress();
  }
}
