package dev.mooring.starter;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.runbook.check.CheckResult;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.status.CheckLines;
import dev.mooring.starter.temporal.LookRuns;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.ClusterName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mooring check}. */
@Command(
    name = "check",
    header = "Check a cluster file, or what a cluster's runbooks need.",
    description = {
      "With a FILE: all its problems at once, as line:column; nothing else is needed. With a"
          + " CLUSTER: what its workers find at each site, in the run ClusterCheck: cluster file,"
          + " evidence store, hosts, programs, owners, archives, room, servers and rights. Nothing"
          + " is changed.",
      "",
      "It shows the age of each host's last rehearsal; `mooring rehearse` rehearses the fences.",
      "",
      "Exits 7 if a runbook would stop at something, 6 if something needs attention.",
      ""
    })
final class CheckCommand implements Callable<Integer> {
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(30);

  private final MooringCommand mooring;

  @Parameters(
      index = "0",
      paramLabel = "FILE|CLUSTER",
      arity = "0..1",
      description = "A cluster file by its path, or a cluster by its name.")
  private String what = "";

  CheckCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    boolean isFile = what.contains("/") || what.endsWith(".yaml") || what.endsWith(".yml");
    return isFile ? file(Path.of(what)) : cluster();
  }

  private int file(Path file) {
    Console console = mooring.console();
    return ClusterFileParser.parse(ClusterFiles.text(file))
        .match(
            cluster -> {
              console.say(
                  String.format(
                      "%s: cluster %s, %d sites, %d instances, digest %.12s",
                      file,
                      cluster.name(),
                      cluster.sites().size(),
                      cluster.instances().size(),
                      cluster.digest()));
              return ExitCode.DONE.status();
            },
            problems -> {
              problems.forEach(problem -> console.say(file + ":" + problem));
              console.complain(
                  String.format(
                      "mooring: %s has %d problem%s",
                      file, problems.size(), problems.size() == 1 ? "" : "s"));
              return ExitCode.FAILED.status();
            });
  }

  private int cluster() {
    ClusterName name = mooring.clusterFiles().choose(what);
    return answer(mooring, RunOrder.check(name, mooring.user()), ANSWERED_WITHIN);
  }

  /** Shows what a ClusterCheck found, and returns its exit status. */
  static int answer(MooringCommand mooring, RunOrder order, Duration atMost) {
    CheckResult result;
    try (TemporalServer server = mooring.connect()) {
      result = new LookRuns(server).answer(order, CheckResult.class, atMost);
    }
    mooring.console().say(CheckLines.of(result, mooring.console().width()));
    return ExitCode.of(result.worst()).status();
  }
}
