package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.Cluster;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring logs}. */
@Command(
    name = "logs",
    header = "Show the end of the last documents: LATEST and the last receipt.",
    description = "The run's own history is in Temporal: `mooring follow`, or the Web UI.")
final class LogsCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Parameters(index = "0", paramLabel = "CLUSTER", arity = "0..1", description = "Which cluster.")
  private String cluster = "";

  @Option(names = "--n", paramLabel = "LINES", description = "How many lines of each (50).")
  private int lines = 50;

  LogsCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    if (lines < 1) {
      throw CommandFailure.usage("--n must be 1 or more, got " + lines, "50 is usual");
    }
    Cluster read = mooring.clusterFiles().read(mooring.clusterFiles().choose(cluster));
    try (Evidence evidence = new Evidence(read)) {
      EvidenceReader reader = evidence.reader();
      reader
          .latest()
          .ifPresentOrElse(
              entry -> show(entry.path(), entry.text()),
              () ->
                  mooring.console().say("no restore point of " + read.name() + " was ever READY"));
      reader
          .receiptsNewestFirst(1)
          .forEach(
              entry -> {
                mooring.console().say("");
                show(entry.path(), entry.text());
              });
      return ExitCode.DONE.status();
    }
  }

  private void show(String path, String text) {
    List<String> all = text.lines().toList();
    mooring.console().say("== " + path);
    mooring.console().say(all.subList(Math.max(0, all.size() - lines), all.size()));
  }
}
