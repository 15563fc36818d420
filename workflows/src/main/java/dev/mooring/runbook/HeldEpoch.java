package dev.mooring.runbook;

import dev.mooring.authority.Epoch;
import io.temporal.workflow.Workflow;

/**
 * The epoch a run acts under. A run that is reset continues as another run, from an earlier step:
 * hosts have seen its epoch with later steps and refuse earlier ones. So its first call as that
 * other run takes a new epoch. The first call of each run records that run in the history, so
 * replay finds the same change at the same place.
 */
final class HeldEpoch {
  private static final String RUN = "run";

  private Epoch epoch = Epoch.NONE;
  private String takenBy = "";

  void take(Epoch taken) {
    epoch = taken;
    takenBy = runNow();
  }

  Epoch epoch() {
    if (epoch.equals(Epoch.NONE)) {
      return epoch;
    }
    String now = runNow();
    if (!now.equals(takenBy)) {
      epoch = Epoch.after(epoch, Workflow.currentTimeMillis());
      takenBy = now;
    }
    return epoch;
  }

  private static String runNow() {
    return Workflow.mutableSideEffect(
        RUN,
        String.class,
        (written, now) -> !written.equals(now),
        () -> Workflow.getInfo().getRunId());
  }
}
