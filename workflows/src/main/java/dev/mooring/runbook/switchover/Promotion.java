package dev.mooring.runbook.switchover;

import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Step;
import dev.mooring.runbook.Steps;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The promotion of a standby: a run's point of no return. It returns or ends only once its outcome
 * is known: a promotion that failed has happened all the same, or is barred for good.
 */
public final class Promotion {
  private final Steps run;
  private final Step step;
  private final InstanceId to;
  private final Supplier<PromotionBarred> bar;

  /**
   * @param step the run's step
   * @param bar observes whether it happened, and bars it for good if it did not
   */
  public Promotion(Steps run, Step step, InstanceId to, Supplier<PromotionBarred> bar) {
    this.run = run;
    this.step = step;
    this.to = to;
    this.bar = bar;
  }

  /**
   * Promotes; rolls the run back if it is barred.
   *
   * @param stands what is true while its outcome is not known, for the operator
   * @param lost called if a person attests the loss of its host then
   */
  public TakenOver promote(
      Supplier<TakenOver> promote, Function<Explained, String> stands, Runnable lost) {
    return run.pivot(
        step, () -> RunbookRun.untilOutcomeKnown(() -> promotedOrBarred(promote, stands, lost)));
  }

  private TakenOver promotedOrBarred(
      Supplier<TakenOver> promote, Function<Explained, String> stands, Runnable lost) {
    try {
      return promote.get();
    } catch (TemporalFailure e) {
      Explained why = Explained.of(e);
      return known(() -> stands.apply(why), lost).taken().stream()
          .findFirst()
          .orElseThrow(() -> RunbookStop.rolledBack(why.code(), why.sentence()));
    }
  }

  private PromotionBarred known(Supplier<String> stands, Runnable lost) {
    try {
      return run.untilDone(step, stands, () -> new Hold(true, to.value()), bar);
    } catch (RunbookStop e) {
      if (e.outcome() == Outcome.ROLLED_BACK) {
        lost.run();
      }
      throw e;
    }
  }
}
