package dev.mooring.runbook.failover;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import java.util.List;
import java.util.Optional;

/**
 * What the next run of a watch must know of hosts that are silent by then.
 *
 * @param clusterFile the digest of the cluster file that the run before had read
 * @param run the id of the run that wrote it
 * @param read the last fence rehearsals, each as its host showed it while it answered
 */
public record RehearsalsCarried(
    String clusterFile,
    String run,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<LastRehearsal> read) {
  public RehearsalsCarried {
    read = List.copyOf(read);
  }

  /**
   * Whether it counts: the run before wrote it, and had read the same cluster file. What a person
   * types beside a request never counts.
   *
   * @param before the id of the run that this one continues; empty if it continues none
   */
  boolean counts(String digest, Optional<String> before) {
    return digest.equals(clusterFile) && before.filter(id -> id.equals(run)).isPresent();
  }
}
