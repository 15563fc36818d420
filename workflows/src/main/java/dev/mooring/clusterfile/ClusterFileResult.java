package dev.mooring.clusterfile;

import dev.mooring.topology.Cluster;
import java.util.List;
import java.util.function.Function;

/** The result of parsing a cluster file: a cluster, or all its problems. */
public sealed interface ClusterFileResult {

  /** One function per variant. */
  <R> R match(
      Function<? super Cluster, ? extends R> parsed,
      Function<? super List<Problem>, ? extends R> refused);

  /** The file is right. */
  record Parsed(Cluster cluster) implements ClusterFileResult {
    @Override
    public <R> R match(
        Function<? super Cluster, ? extends R> parsed,
        Function<? super List<Problem>, ? extends R> refused) {
      return parsed.apply(cluster);
    }
  }

  /**
   * The file is wrong.
   *
   * @param problems at least one, in the order of the file
   */
  record Refused(List<Problem> problems) implements ClusterFileResult {
    public Refused {
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("a cluster file is refused for at least one problem");
      }
      problems = problems.stream().distinct().sorted().toList();
    }

    @Override
    public <R> R match(
        Function<? super Cluster, ? extends R> parsed,
        Function<? super List<Problem>, ? extends R> refused) {
      return refused.apply(problems);
    }
  }
}
