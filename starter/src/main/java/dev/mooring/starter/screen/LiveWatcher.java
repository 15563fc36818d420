package dev.mooring.starter.screen;

import dev.mooring.starter.console.Console;
import dev.mooring.starter.temporal.Watcher;

/** A run on a terminal: every step has its line, redrawn as the run goes on. */
public final class LiveWatcher implements Watcher {
  private final Console console;

  /** Draws there. */
  public LiveWatcher(Console console) {
    this.console = console;
  }

  @Override
  public void show(RunView view) {
    console.redraw(RunLines.picture(view, console.height()));
  }
}
