package dev.mooring.starter;

import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.RunOrder;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands share that start a ReplicationSetup which acts. */
abstract class ReplicationRunCommand implements Callable<Integer> {
  private final MooringCommand mooring;
  private final String act;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "Of a plan that was looked at: its approval by who asks.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE,…",
      split = ",",
      description =
          "Breaks a rule about the primary by its name, with --reason: other-writer (the"
              + " authority names another), newer-timeline (a member was promoted later). For a"
              + " setup, restart: lets it restart the primary for settings that only a start"
              + " takes.")
  private List<String> overrides = List.of();

  @Mixin private final RunOptions options = new RunOptions();

  ReplicationRunCommand(MooringCommand mooring, String act) {
    this.mooring = mooring;
    this.act = act;
  }

  /** The members it is about, with commas between; empty for all standbys. */
  abstract String instances();

  @Override
  public final Integer call() {
    try (Connecting temporal = mooring.connecting()) {
      RunOrder order =
          RunOrder.replicate(
              cluster.choose(mooring.clusterFiles()),
              new RunOrder.Replicating(act, instances(), digest, String.join(",", overrides)),
              options.asked(mooring.user()));
      return new RunSession(temporal.server(), mooring.console()).start(order, options).status();
    }
  }
}
