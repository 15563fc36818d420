package dev.mooring.runbook.check;

import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.check.Rehearsing.RehearsedOn;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runbook ClusterCheck; see {@link ClusterCheckWorkflow}. */
public final class ClusterCheckImpl implements ClusterCheckWorkflow {
  private final RunContext context;
  private final RunbookRun run;

  @WorkflowInit
  public ClusterCheckImpl(@Nullable RawRequest raw) {
    context = new RunContext("ClusterCheck", raw, CheckStep.class);
    run = context.run();
  }

  @Override
  public CheckResult check(@Nullable RawRequest raw) {
    CheckRequest request = CheckRequest.of(raw);
    return run.runToEnding(
        () -> checked(request),
        CheckResult::headline,
        ending -> "no receipt: a run that only reads writes none");
  }

  private CheckResult checked(CheckRequest request) {
    Cluster cluster = run.observe(CheckStep.RESOLVE, context::readCluster);
    if (request.fences() == CheckRequest.Fences.REHEARSE) {
      Rehearsing rehearsing = new Rehearsing(cluster, run.call(CheckStep.REHEARSE));
      List<RehearsedOn> rehearsed = run.observe(CheckStep.REHEARSE, rehearsing::onEveryHost);
      return RehearsalRows.judge(cluster.name(), rehearsed, RunbookRun.now());
    }
    CheckLook look = new CheckLook(cluster, run.call(CheckStep.LOOK));
    CheckFacts facts = run.observe(CheckStep.LOOK, look::facts);
    return CheckJudge.judge(facts, RunbookRun.now());
  }

  @Override
  public Progress progress() {
    return run.progress();
  }
}
