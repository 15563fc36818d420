package dev.mooring.runbook.all;

import dev.mooring.port.Runbook;
import dev.mooring.runbook.RunResult;
import dev.mooring.runbook.Step;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.consume.DrConsumeImpl;
import dev.mooring.runbook.failback.FailbackImpl;
import dev.mooring.runbook.failback.FailbackStep;
import dev.mooring.runbook.failover.FailoverImpl;
import dev.mooring.runbook.failover.FailoverStep;
import dev.mooring.runbook.publish.PublishCycleImpl;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.replication.ReplicationSetupImpl;
import dev.mooring.runbook.replication.ReplicationStep;
import dev.mooring.runbook.resilver.ResilverImpl;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.runbook.startprimary.StartPrimaryImpl;
import dev.mooring.runbook.startprimary.StartStep;
import dev.mooring.runbook.switchover.SwitchoverImpl;
import dev.mooring.runbook.switchover.SwitchoverStep;
import java.util.List;

/**
 * The parts of a runbook that acts.
 *
 * @param runbook its name
 * @param implementation its workflow class
 * @param result the type of a completed run's result
 * @param steps its steps
 */
public record RunbookClasses(
    Runbook runbook,
    Class<?> implementation,
    Class<? extends RunResult> result,
    Class<? extends Step> steps) {

  /** All of them, in the order of {@link Runbook}. */
  public static final List<RunbookClasses> ALL =
      List.of(
          new RunbookClasses(
              Runbook.PUBLISH_CYCLE,
              PublishCycleImpl.class,
              PublishResult.class,
              PublishStep.class),
          new RunbookClasses(
              Runbook.DR_CONSUME, DrConsumeImpl.class, ConsumeResult.class, ConsumeStep.class),
          new RunbookClasses(
              Runbook.SWITCHOVER,
              SwitchoverImpl.class,
              RoleChangeResult.class,
              SwitchoverStep.class),
          new RunbookClasses(
              Runbook.FAILOVER, FailoverImpl.class, RoleChangeResult.class, FailoverStep.class),
          new RunbookClasses(
              Runbook.START_PRIMARY,
              StartPrimaryImpl.class,
              RoleChangeResult.class,
              StartStep.class),
          new RunbookClasses(
              Runbook.RESILVER, ResilverImpl.class, ResilverResult.class, ResilverStep.class),
          new RunbookClasses(
              Runbook.FAILBACK, FailbackImpl.class, RoleChangeResult.class, FailbackStep.class),
          new RunbookClasses(
              Runbook.REPLICATION_SETUP,
              ReplicationSetupImpl.class,
              ReplicationResult.class,
              ReplicationStep.class));
}
