package dev.mooring.starter;

import dev.mooring.starter.console.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code mooring completion}. */
@Command(
    name = "completion",
    header = "Print a script that lets bash complete commands and options.",
    description = {
      "For this shell: source <(mooring completion). For every shell of every user: write it to"
          + " /etc/bash_completion.d/mooring, again after an upgrade.",
      ""
    })
final class CompletionCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  CompletionCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    mooring.console().say(AutoComplete.bash("mooring", mooring.allCommands()).lines().toList());
    return ExitCode.DONE.status();
  }
}
