package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.HostName;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An address that one of the members' hosts holds. A host gets it only once every other host is
 * seen not to hold it: two holders are worse than none. For a host that does not answer, the host
 * that is to get the address checks that: the holder of an address answers for it on its network,
 * even if its sshd does not answer.
 */
final class VirtualAddressAdapter implements EndpointAdapter {
  private static final List<String> PARTS = List.of("address.sh");

  private final Endpoint.VirtualIp endpoint;
  private final Function<HostName, EndpointHost> hosts;
  private final Members members;

  VirtualAddressAdapter(
      Endpoint.VirtualIp endpoint, Function<HostName, EndpointHost> hosts, Members members) {
    this.endpoint = endpoint;
    this.hosts = hosts;
    this.members = members;
  }

  @Override
  public EndpointSeen observe() {
    List<HostName> holders = new ArrayList<>();
    List<HostName> silent = new ArrayList<>();
    for (HostName host : members.hosts()) {
      try {
        if (run(host, "look at", "observe_address").text("holds").strip().equals("yes")) {
          holders.add(host);
        }
      } catch (ApplicationFailure failure) {
        rethrowUnlessSilent(failure);
        silent.add(host);
      }
    }
    List<EndpointFact> facts = new ArrayList<>();
    facts.add(new EndpointFact("held_by", holders.toString()));
    if (!silent.isEmpty()) {
      facts.add(new EndpointFact("not_seen", silent.toString()));
    }
    return new EndpointSeen(endpoint.name(), members.on(holders), facts);
  }

  private static void rethrowUnlessSilent(ApplicationFailure failure) {
    FailureCode code = FailureCode.named(failure.getType()).orElse(FailureCode.BUG);
    if (code != FailureCode.HOST_UNREACHABLE && code != FailureCode.HOST_SILENT) {
      throw failure;
    }
  }

  @Override
  public List<String> route(Server primary) {
    HostName to = primary.instance().host();
    List<String> silent = new ArrayList<>();
    for (HostName host : members.hosts()) {
      if (!host.equals(to)) {
        try {
          takeFrom(host, to);
        } catch (ApplicationFailure failure) {
          rethrowUnlessSilent(failure);
          silent.add(host.value());
        }
      }
    }
    Optional<String> answered =
        run(to, "give", "ensure_held", List.of(String.join(", ", silent)))
            .optional("answered")
            .map(String::strip);
    return silent.stream()
        .map(
            host ->
                String.format(
                    "%s gave no answer, and %s. As soon as it can be reached, there: `ip addr del"
                        + " %s dev %s`",
                    host, whoHolds(to, answered), endpoint.address(), endpoint.device()))
        .toList();
  }

  private String whoHolds(HostName to, Optional<String> answered) {
    return answered
        .map(
            words ->
                String.format(
                    "a machine other than %s answers for %s (%s): two have it, and clients may"
                        + " reach either",
                    to, endpoint.address(), words))
        .orElse(
            String.format(
                "no machine answered for %s: that host may still have it and come back with it",
                endpoint.address()));
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
    return run(host, what, function, List.of());
  }

  private Said run(HostName host, String what, String function, List<String> words) {
    return hosts
        .apply(host)
        .run(
            what,
            PARTS,
            script ->
                script
                    .call("of_address", List.of(endpoint.address(), endpoint.device()))
                    .each(endpoint.name(), function, words));
  }
}
