package dev.mooring.starter;

import dev.mooring.starter.temporal.RunListing;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import picocli.CommandLine.Parameters;

/** Which run a command is about. */
final class RunArgument {
  @Parameters(
      index = "0",
      paramLabel = "RUN|CLUSTER",
      description = "A workflow id, a run id, or a cluster with one open run.")
  private String run = "";

  /** The run that is meant, on that server; {@link RunListing#find} reports none or several. */
  RunReference find(TemporalServer server, ClusterFiles files) {
    return new RunListing(server).find(run, files::unknown);
  }
}
