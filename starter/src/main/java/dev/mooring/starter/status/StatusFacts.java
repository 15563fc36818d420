package dev.mooring.starter.status;

import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.InstanceFacts;
import dev.mooring.starter.look.Sight;
import dev.mooring.starter.temporal.ServiceFacts;
import dev.mooring.topology.Cluster;
import java.time.Instant;
import java.util.List;

/**
 * All that status looks at.
 *
 * @param now by this machine's clock
 * @param evidence the evidence store
 * @param instances every instance of the cluster file
 * @param service Temporal
 */
public record StatusFacts(
    Cluster cluster,
    Instant now,
    Sight<EvidenceFacts> evidence,
    List<InstanceFacts> instances,
    Sight<ServiceFacts> service) {
  public StatusFacts {
    instances = List.copyOf(instances);
  }
}
