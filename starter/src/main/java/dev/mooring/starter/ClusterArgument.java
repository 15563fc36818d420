package dev.mooring.starter;

import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Which cluster a command is about. */
final class ClusterArgument {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CLUSTER",
      description = "The cluster; optional if there is one cluster file.")
  private String cluster = "";

  /** The one named, or the only one there is. */
  ClusterName choose(ClusterFiles files) {
    return files.choose(cluster);
  }

  /** The one named, or all that there are files for. */
  List<ClusterName> chooseAll(ClusterFiles files) {
    List<ClusterName> all = cluster.isEmpty() ? files.all() : List.of();
    return all.size() > 1 ? all : List.of(choose(files));
  }
}
