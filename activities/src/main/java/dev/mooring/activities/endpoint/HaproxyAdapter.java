package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.Said;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * HAProxy by its runtime socket, which a script on its host uses. A restart of HAProxy loses
 * settings made there: its configuration then decides which server accepts writes.
 */
final class HaproxyAdapter implements EndpointAdapter {
  private static final List<String> PARTS = List.of("balancer.sh");

  private final Endpoint.HaProxy endpoint;
  private final EndpointHost host;
  private final Members members;

  HaproxyAdapter(Endpoint.HaProxy endpoint, EndpointHost host, Members members) {
    this.endpoint = endpoint;
    this.host = host;
    this.members = members;
  }

  /**
   * A server of HAProxy.
   *
   * @param rise how many checks must succeed before it is used; 0 without checks
   * @param fall how many checks must fail before it is no longer used; 0 without checks
   * @param status HAProxy's own word, such as {@code UP}, {@code MAINT} or {@code UP 1/3}
   */
  private record Line(String backend, String server, int rise, int fall, String status) {
    static Line parse(String text) {
      String[] words = text.split(" ", 5);
      if (words.length < 5 || !words[2].matches("\\d{1,9}") || !words[3].matches("\\d{1,9}")) {
        throw new IllegalArgumentException(
            "HAProxy's server must be described in five words, got '" + text + "'");
      }
      return new Line(
          words[0], words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), words[4]);
    }

    boolean inUse() {
      return status.startsWith("UP") || status.startsWith("no check");
    }

    String words() {
      return server + " " + status;
    }
  }

  @Override
  public EndpointSeen observe() {
    Said said = run("look at", "observe_balancer", List.of());
    List<Line> lines = said.text("servers").lines().map(Line::parse).toList();
    List<Line> writes = of(endpoint.writeBackend(), lines);
    List<InstanceId> pointsAt =
        members.named(writes.stream().filter(Line::inUse).map(Line::server).toList());
    List<EndpointFact> facts = new ArrayList<>();
    facts.add(new EndpointFact("writes", joined(writes, Line::words)));
    if (!endpoint.readBackend().isEmpty()) {
      facts.add(new EndpointFact("reads", joined(of(endpoint.readBackend(), lines), Line::words)));
    }
    List<Line> checked = lines.stream().filter(Line::inUse).toList();
    facts.add(new EndpointFact("rise", joined(checked, line -> String.valueOf(line.rise()))));
    facts.add(new EndpointFact("fall", joined(checked, line -> String.valueOf(line.fall()))));
    said.optional("level")
        .ifPresent(level -> facts.add(new EndpointFact(EndpointSeen.LEVEL, level.strip())));
    return new EndpointSeen(endpoint.name(), pointsAt, facts);
  }

  private static List<Line> of(String backend, List<Line> lines) {
    return lines.stream().filter(line -> line.backend().equals(backend)).toList();
  }

  private static String joined(List<Line> lines, Function<Line, String> words) {
    return lines.stream().map(words).distinct().collect(Collectors.joining(", "));
  }

  @Override
  public Optional<Long> cutOff(Server old, Duration heldAtMost) {
    List<String> arguments = List.of(old.instance().id().value(), host.call().run());
    return run("cut clients off at", "ensure_balancer_cut", arguments)
        .optional("sessions")
        .map(String::strip)
        .map(Long::valueOf);
  }

  @Override
  public void revertCutOff() {
    run("admit clients at", "revert_balancer_cut", List.of(host.call().run()));
  }

  @Override
  public List<String> route(Server primary) {
    List<String> arguments =
        Stream.concat(
                Stream.of(primary.instance().id().value(), host.call().run()), members.names())
            .toList();
    run("route", "ensure_balancer_routed", arguments);
    return List.of();
  }

  private Said run(String what, String function, List<String> arguments) {
    List<String> place =
        List.of(endpoint.socket(), endpoint.writeBackend(), endpoint.readBackend());
    return host.run(
        what,
        PARTS,
        script -> script.call("of_balancer", place).each(endpoint.name(), function, arguments));
  }
}
