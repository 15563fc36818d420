package dev.mooring.runbook.failover;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import java.util.List;

/**
 * What the next run of a watch must know of hosts that are silent by then.
 *
 * @param read the last fence rehearsals, each as its host showed it while it answered
 */
public record RehearsalsCarried(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<LastRehearsal> read) {
  public RehearsalsCarried {
    read = List.copyOf(read);
  }
}
