package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.HostName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An address that one of the members' hosts holds. It is given to a host only once every other one
 * is seen not to hold it: two that hold it are worse than none.
 */
final class AddressFront implements Front {
  private static final List<String> PARTS = List.of("address.sh");

  private final Endpoint.VirtualIp endpoint;
  private final Function<HostName, FrontHost> hosts;
  private final Members members;

  AddressFront(Endpoint.VirtualIp endpoint, Function<HostName, FrontHost> hosts, Members members) {
    this.endpoint = endpoint;
    this.hosts = hosts;
    this.members = members;
  }

  @Override
  public EndpointSeen observe() {
    List<HostName> holders = new ArrayList<>();
    for (HostName host : members.hosts()) {
      if (run(host, "look at", "observe_address").text("holds").strip().equals("yes")) {
        holders.add(host);
      }
    }
    return new EndpointSeen(
        endpoint.name(),
        members.on(holders),
        List.of(new EndpointFact("held_by", holders.toString())));
  }

  @Override
  public void route(Server primary) {
    HostName to = primary.instance().host();
    for (HostName host : members.hosts()) {
      if (!host.equals(to)) {
        takeFrom(host, to);
      }
    }
    run(to, "give", "ensure_held");
  }

  private void takeFrom(HostName host, HostName to) {
    try {
      run(host, "take", "ensure_not_held");
    } catch (InstanceRefusal refusal) {
      throw new InstanceRefusal(
          refusal.code(),
          endpoint.address()
              + " was not given to "
              + to
              + ", since "
              + host
              + " may hold it: "
              + refusal.getMessage());
    }
  }

  private Said run(HostName host, String what, String function) {
    return hosts
        .apply(host)
        .run(
            what,
            PARTS,
            script ->
                script
                    .call("of_address", List.of(endpoint.address(), endpoint.device()))
                    .each(endpoint.name(), function, List.of()));
  }
}
