package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Option;

/** The part common to the commands that start a ReplicationSetup which acts. */
abstract class ReplicationRunCommand extends RunCommand {
  private final String act;

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "The digest of a plan: approves exactly that plan.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE,…",
      split = ",",
      description =
          "A rule about the primary to override, with --reason: other-writer (the authority file"
              + " names another), newer-timeline (a member was promoted later). For a setup,"
              + " restart: permits a restart of the primary for settings that need it. To relax,"
              + " unrecorded: too few hosts take the record of it.")
  private List<String> overrides = List.of();

  ReplicationRunCommand(MooringCommand mooring, String act) {
    super(mooring);
    this.act = act;
  }

  /** The members it is about, separated by commas; empty for all standbys. */
  abstract String instances();

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.replicate(name, act, asked)
        .with("instances", instances())
        .with("digest", digest)
        .with("overrides", String.join(",", overrides));
  }
}
