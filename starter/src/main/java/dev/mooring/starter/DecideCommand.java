package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.RunDecisions;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A person's decision about an open run; each word for it is a command of its own. */
abstract class DecideCommand implements Callable<Integer> {
  private final MooringCommand mooring;
  private final Decision.Word word;

  @Mixin private final RunArgument run = new RunArgument();

  @Option(
      names = "--by",
      paramLabel = "WHO",
      description = "Who decides (default: the operating system's user).")
  private String by = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; it stands in the history and the receipt.")
  private String reason = "";

  DecideCommand(MooringCommand mooring, Decision.Word word) {
    this.mooring = mooring;
    this.word = word;
  }

  /** The plan it is about; empty where it is about none. */
  String digest() {
    return "";
  }

  @Override
  public Integer call() {
    try (TemporalServer server = mooring.connect()) {
      RunReference found = run.find(server, mooring.clusterFiles());
      Decision decision = new Decision(word, digest(), by.isEmpty() ? mooring.user() : by, reason);
      mooring.console().say(new RunDecisions(server).decide(found, decision));
      mooring.console().say("`mooring follow " + found.workflowId() + "` shows what follows");
      return ExitCode.DONE.status();
    }
  }
}
