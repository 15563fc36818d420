package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.util.List;
import java.util.stream.Stream;

/**
 * The cluster file: read by the worker of the queue {@code mooring}, checked by the workers of all
 * sites.
 */
@ActivityInterface
public interface ClusterActivities {

  /**
   * Reads, validates and resolves the file of a cluster; the failure lists every error of a bad
   * file.
   */
  Cluster readCluster(ReadCluster request);

  /** Reads which file this site's worker uses; a bad file is a failure as in {@code read}. */
  ClusterFileObserved observeClusterFile(ObserveClusterFile request);

  record ReadCluster(ClusterName cluster) {}

  /**
   * The request to a site's worker.
   *
   * @param site whose worker reads
   */
  record ObserveClusterFile(ClusterName cluster, SiteName site) {}

  /**
   * The file that a site uses.
   *
   * @param digest of the resolved file: spelling and comments do not count
   * @param sections of the resolved file, each with its digest, to say where two files differ
   */
  record ClusterFileObserved(
      SiteName site,
      String digest,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<FileSection> sections) {
    public ClusterFileObserved {
      sections = List.copyOf(sections);
    }

    /**
     * The sections in which this file differs from the one with that digest; none if no site has
     * that one, or a worker of an earlier build lists no sections.
     */
    public List<String> differingFrom(String digest, List<ClusterFileObserved> sites) {
      List<FileSection> others =
          sites.stream()
              .filter(one -> one.digest().equals(digest))
              .map(ClusterFileObserved::sections)
              .findFirst()
              .orElse(List.of());
      return sections.isEmpty() || others.isEmpty() ? List.of() : differing(others);
    }

    private List<String> differing(List<FileSection> others) {
      return Stream.concat(sections.stream(), others.stream())
          .filter(one -> !sections.contains(one) || !others.contains(one))
          .map(FileSection::name)
          .distinct()
          .sorted()
          .toList();
    }
  }

  /** A section, such as {@code hosts}. */
  record FileSection(String name, String digest) {}
}
