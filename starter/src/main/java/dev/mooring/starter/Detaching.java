package dev.mooring.starter;

import dev.mooring.starter.console.Console;
import dev.mooring.starter.temporal.RunReference;

/** While it is open, Ctrl-C leaves the run alone and prints that. */
final class Detaching implements AutoCloseable {
  private final Thread hook;

  Detaching(RunReference run, Console console) {
    hook =
        new Thread(
            () -> {
              console.complain("");
              console.complain(
                  "detached; " + run.workflowId() + " continues without this terminal");
              console.complain(
                  "HINT: `mooring follow "
                      + run.workflowId()
                      + "` shows it again, `mooring cancel "
                      + run.workflowId()
                      + "` stops it.");
            },
            "detaching");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException goingDown) {
      // the terminal is being left: the hook reports it
      return;
    }
  }
}
