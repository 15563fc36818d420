package dev.mooring.runbook.all;

import dev.mooring.port.Runbook;
import dev.mooring.runbook.RunResult;
import dev.mooring.runbook.Step;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.consume.DrConsumeImpl;
import dev.mooring.runbook.failback.FailbackImpl;
import dev.mooring.runbook.failback.FailbackStep;
import dev.mooring.runbook.failover.FailoverImpl;
import dev.mooring.runbook.failover.FailoverStep;
import dev.mooring.runbook.publish.PublishCycleImpl;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.runbook.replication.ReplicationSetupImpl;
import dev.mooring.runbook.replication.ReplicationStep;
import dev.mooring.runbook.resilver.ResilverImpl;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.runbook.startprimary.StartPrimaryImpl;
import dev.mooring.runbook.startprimary.StartStep;
import dev.mooring.runbook.switchover.SwitchoverImpl;
import dev.mooring.runbook.switchover.SwitchoverStep;
import io.temporal.common.metadata.POJOWorkflowImplMetadata;
import io.temporal.common.metadata.POJOWorkflowMethodMetadata;
import java.util.List;

/**
 * The classes of a runbook that acts.
 *
 * @param implementation its workflow class
 * @param steps its steps
 */
public record RunbookClasses(Class<?> implementation, Class<? extends Step> steps) {

  /** All of them, in the order of {@link Runbook}. */
  public static final List<RunbookClasses> ALL =
      List.of(
          new RunbookClasses(PublishCycleImpl.class, PublishStep.class),
          new RunbookClasses(DrConsumeImpl.class, ConsumeStep.class),
          new RunbookClasses(SwitchoverImpl.class, SwitchoverStep.class),
          new RunbookClasses(FailoverImpl.class, FailoverStep.class),
          new RunbookClasses(StartPrimaryImpl.class, StartStep.class),
          new RunbookClasses(ResilverImpl.class, ResilverStep.class),
          new RunbookClasses(FailbackImpl.class, FailbackStep.class),
          new RunbookClasses(ReplicationSetupImpl.class, ReplicationStep.class));

  /** The runbook of its workflow type. */
  public Runbook runbook() {
    return Runbook.ofType(method().getName()).orElseThrow();
  }

  /** The type of a completed run's result. */
  public Class<? extends RunResult> result() {
    return method().getWorkflowMethod().getReturnType().asSubclass(RunResult.class);
  }

  private POJOWorkflowMethodMetadata method() {
    return POJOWorkflowImplMetadata.newInstance(implementation).getWorkflowMethods().get(0);
  }
}
