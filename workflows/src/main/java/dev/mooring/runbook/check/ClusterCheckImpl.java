package dev.mooring.runbook.check;

import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import org.jspecify.annotations.Nullable;

/** The runbook ClusterCheck; see {@link ClusterCheckWorkflow}. */
public final class ClusterCheckImpl implements ClusterCheckWorkflow {
  private final RunContext<CheckStep> context;
  private final RunbookRun<CheckStep> run;

  @WorkflowInit
  public ClusterCheckImpl(@Nullable RawRequest raw) {
    context = new RunContext<>("ClusterCheck", raw, CheckStep.class);
    run = context.run();
  }

  @Override
  public CheckResult check(@Nullable RawRequest raw) {
    CheckRequest.of(raw);
    return run.toTheEnd(
        this::checked, CheckResult::headline, ending -> "no receipt: who only looks leaves none");
  }

  private CheckResult checked() {
    Cluster cluster = run.observe(CheckStep.RESOLVE, context::readCluster);
    CheckLook look = new CheckLook(cluster, run.call(CheckStep.LOOK));
    return CheckJudge.judge(run.observe(CheckStep.LOOK, look::facts), RunbookRun.now());
  }

  @Override
  public Progress progress() {
    return run.progress();
  }
}
