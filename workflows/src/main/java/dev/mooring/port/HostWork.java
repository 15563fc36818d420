package dev.mooring.port;

import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import java.util.List;

/**
 * One host and those of its instances that a step is about: the unit of fan-out.
 *
 * @param host the host
 * @param instances the instances, none twice
 */
public record HostWork(Host host, List<Instance> instances) {
  public HostWork {
    instances = List.copyOf(instances);
  }
}
