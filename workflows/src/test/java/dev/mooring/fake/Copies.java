package dev.mooring.fake;

import dev.mooring.port.InstanceObserved;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/** How the instances of the consuming site stand, read without any port. */
public final class Copies {
  private final FakeCluster world;

  Copies(FakeCluster world) {
    this.world = world;
  }

  /** What each of their hosts would show. */
  public List<InstanceObserved> observed() {
    synchronized (world) {
      return instances().map(instance -> world.standby(instance.id()).observed()).toList();
    }
  }

  /** True when a server runs on any of them. */
  public boolean anyRuns() {
    return observed().stream()
        .anyMatch(seen -> seen.process() != InstanceObserved.ServerProcess.STOPPED);
  }

  /** True when each was started in some run. */
  public boolean anyStarted() {
    return world.story().stream().anyMatch(line -> line.startsWith("start "));
  }

  /** Those that accept writes. */
  public List<Instance> writable() {
    synchronized (world) {
      return instances().filter(instance -> world.standby(instance.id()).takesWrites()).toList();
    }
  }

  /** One of them, by its content. */
  public Optional<InstanceObserved> of(int content) {
    return observed().stream()
        .filter(seen -> seen.instance().value().equals("west-" + content))
        .findFirst();
  }

  private java.util.stream.Stream<Instance> instances() {
    return world.cluster().instancesAt(Harbour.WEST).stream();
  }
}
