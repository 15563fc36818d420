package dev.mooring.starter.screen;

import dev.mooring.starter.console.Console;
import dev.mooring.starter.temporal.Watcher;
import java.util.LinkedHashSet;
import java.util.Set;

/** A run as a log: each line once, in the order of events. For pipes, files and service logs. */
public final class PlainWatcher implements Watcher {
  private final Console console;
  private final Set<String> said = new LinkedHashSet<>();

  /** Says the lines there. */
  public PlainWatcher(Console console) {
    this.console = console;
  }

  @Override
  public void show(RunView view) {
    for (String line : RunLines.events(view)) {
      if (said.add(line)) {
        console.say(line);
      }
    }
  }
}
