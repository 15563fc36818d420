package dev.mooring.starter.screen;

import dev.mooring.starter.temporal.Watcher;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/** A run as a log: each line once, in the order of events. For pipes, files and service logs. */
public final class PlainWatcher implements Watcher {
  private final Consumer<String> says;
  private final Set<String> said = new LinkedHashSet<>();

  /**
   * @param says takes a line
   */
  public PlainWatcher(Consumer<String> says) {
    this.says = says;
  }

  @Override
  public void show(RunView view) {
    for (String line : RunLines.events(view)) {
      if (said.add(line)) {
        says.accept(line);
      }
    }
  }
}
