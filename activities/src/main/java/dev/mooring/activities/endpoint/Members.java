package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.stream.Stream;

/** The members of a cluster, by where they listen. */
record Members(List<Server> servers) {
  Members {
    servers = List.copyOf(servers);
  }

  /** The member that listens at {@code HOST:PORT}, as the cluster file writes it; one, or none. */
  List<InstanceId> listeningAt(String hostAndPort) {
    return servers.stream()
        .filter(s -> hostAndPort.equals(s.address() + ":" + s.instance().port()))
        .map(s -> s.instance().id())
        .toList();
  }

  /** The members with one of these names. */
  List<InstanceId> named(List<String> names) {
    return servers.stream()
        .map(s -> s.instance().id())
        .filter(id -> names.contains(id.value()))
        .toList();
  }

  /** The members on one of these hosts. */
  List<InstanceId> on(List<HostName> hosts) {
    return servers.stream()
        .map(Server::instance)
        .filter(instance -> hosts.contains(instance.host()))
        .map(Instance::id)
        .toList();
  }

  List<HostName> hosts() {
    return servers.stream().map(s -> s.instance().host()).distinct().toList();
  }

  Stream<String> names() {
    return servers.stream().map(s -> s.instance().id().value());
  }

  Server of(InstanceId id) {
    return servers.stream()
        .filter(s -> s.instance().id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InstanceRefusal(
                    FailureCode.BAD_INPUT, id + " is not among the members " + servers));
  }
}
