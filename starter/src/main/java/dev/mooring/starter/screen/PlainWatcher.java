package dev.mooring.starter.screen;

import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.starter.temporal.Watcher;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A run as a log: each line once, in the order of events; a step has one line, and another before
 * that if it lasts. For pipes, files and service logs.
 */
public final class PlainWatcher implements Watcher {
  /** In readings of a run, which are half a second apart. */
  private static final int LASTING = 4;

  private final Consumer<String> says;
  private final Set<String> said = new LinkedHashSet<>();
  private String running = "";
  private int looks;

  /**
   * @param says prints a line
   */
  public PlainWatcher(Consumer<String> says) {
    this.says = says;
  }

  @Override
  public void show(RunView view) {
    for (String line : RunLines.events(view, lasts(view))) {
      if (said.add(line)) {
        says.accept(line);
      }
    }
  }

  private boolean lasts(RunView view) {
    String now =
        view.progress().steps().stream()
            .filter(step -> step.state().equals("running"))
            .map(StepProgress::step)
            .findFirst()
            .orElse("");
    looks = now.equals(running) ? looks + 1 : 0;
    running = now;
    return looks >= LASTING;
  }
}
