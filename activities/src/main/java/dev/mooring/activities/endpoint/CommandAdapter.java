package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.quoting.ShellTemplate;
import dev.mooring.topology.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Commands of the cluster file, each value filled in as one word. */
final class CommandAdapter implements EndpointAdapter {
  private static final List<String> PARTS = List.of("command.sh");
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private final Endpoint.Command endpoint;
  private final EndpointHost host;
  private final Members members;

  CommandAdapter(Endpoint.Command endpoint, EndpointHost host, Members members) {
    this.endpoint = endpoint;
    this.host = host;
    this.members = members;
  }

  @Override
  public EndpointSeen observe() {
    String printed = pointsTo();
    return new EndpointSeen(
        endpoint.name(),
        members.named(List.of(printed)),
        List.of(new EndpointFact("printed", printed)));
  }

  private String pointsTo() {
    return run("look at", endpoint.observe());
  }

  /** An endpoint that points there already is not changed again. */
  @Override
  public List<String> route(Server primary) {
    String wanted = primary.instance().id().value();
    if (pointsTo().equals(wanted)) {
      return List.of();
    }
    run("route", filled(endpoint.route(), primary));
    String points = pointsTo();
    if (!points.equals(wanted)) {
      throw new InstanceRefusal(
          FailureCode.HOST_REFUSED,
          "the command to route ended well, and the one to observe prints '"
              + points
              + "' instead of '"
              + wanted
              + "'");
    }
    return List.of();
  }

  static String filled(String template, Server primary) {
    return ShellTemplate.fill(
        template,
        Map.of(
            "instance", primary.instance().id().value(),
            "address", primary.address(),
            "port", String.valueOf(primary.instance().port())));
  }

  private String run(String what, String command) {
    return host.run(
            what,
            PARTS,
            script ->
                script.each(
                    endpoint.name(),
                    "run_command",
                    List.of(String.valueOf(AT_MOST.toSeconds()), command)))
        .text("printed")
        .strip();
  }
}
