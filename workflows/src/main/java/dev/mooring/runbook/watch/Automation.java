package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.RunbookRun;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether automatic acts may run: a person pauses them, and a person or a time ends that. */
final class Automation {
  private final Runnable changed;
  private List<Pause> pauses;
  private @Nullable CancellationScope ends;

  /**
   * Continues with the pauses of the run before.
   *
   * @param changed called once it is paused or resumed
   */
  Automation(List<Pause> carried, Runnable changed) {
    this.pauses = carried;
    this.changed = changed;
  }

  List<Pause> pauses() {
    return pauses;
  }

  /** A pause of the run before keeps its end; a pause whose time is over ends now. */
  void begin() {
    if (ends == null) {
      pauses.forEach(this::endsByItself);
    }
  }

  /** A pause replaces an earlier one. */
  void pause(Pause pause) {
    resume();
    pauses = List.of(pause);
    endsByItself(pause);
    changed.run();
  }

  void resume() {
    CancellationScope timer = ends;
    ends = null;
    if (timer != null) {
      timer.cancel();
    }
    pauses = List.of();
    changed.run();
  }

  private void endsByItself(Pause pause) {
    pause
        .until()
        .forEach(
            end -> {
              Duration left = Duration.between(RunbookRun.now(), end);
              CancellationScope timer =
                  Workflow.newCancellationScope(
                      () ->
                          Workflow.newTimer(left.isNegative() ? Duration.ZERO : left)
                              .thenApply(
                                  over -> {
                                    ends = null;
                                    pauses = List.of();
                                    changed.run();
                                    return true;
                                  }));
              ends = timer;
              timer.run();
            });
  }
}
