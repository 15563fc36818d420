package dev.mooring.runbook.members;

import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.quoting.ShellWord;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The commands that point endpoints by hand, with the values of the move: what the adapters do. A
 * move back does the same, and observes before and after it.
 */
public final class EndpointWords {
  private final Move move;

  public EndpointWords(Move move) {
    this.move = move;
  }

  /** Points an endpoint from where it was observed to point at the primary. */
  public static String lead(
      Cluster cluster, Endpoint endpoint, EndpointSeen seen, Instance primary) {
    Optional<Instance> from =
        seen.pointsAt().stream().flatMap(id -> cluster.member(id).stream()).findFirst();
    EndpointWords words =
        new EndpointWords(Move.withoutOld(cluster, from.orElse(primary), primary));
    return from.isEmpty()
        ? words.pointFromNone(endpoint, primary)
        : words.lead(endpoint, from.get(), primary);
  }

  /** Resumes a PgBouncer, to where it points. */
  public static String letGo(Cluster cluster, Endpoint.PgBouncer pooler, Instance any) {
    return new EndpointWords(Move.withoutOld(cluster, any, any)).admit(pooler, any);
  }

  /** Where an endpoint pointed, where it points now, and the command to point it back. */
  public String moved(Endpoint endpoint, List<EndpointSeen> before) {
    return String.format(
        "pointed at %s, points at %s; back by a move back, or by hand: %s",
        pointedAt(endpoint, before), move.to().id(), lead(endpoint, move.to(), move.from()));
  }

  /**
   * Where an endpoint pointed before, and the command to point it at the target.
   *
   * @param why what was observed instead
   */
  public String notMoved(Endpoint endpoint, List<EndpointSeen> before, String why) {
    return String.format(
        "pointed at %s, was to point at %s, which is not verified: %s; there by hand: %s",
        pointedAt(endpoint, before), move.to().id(), why, there(endpoint));
  }

  /** The remaining command to point an endpoint at the target; a PgBouncer's file already does. */
  public String there(Endpoint endpoint) {
    return endpoint instanceof Endpoint.PgBouncer pooler
        ? "on "
            + pooler.host()
            + " "
            + (move.fromIsGone() ? reloadAndAdmit(pooler) : reloadAndResume(pooler))
        : lead(endpoint, move.from(), move.to());
  }

  /** For a PgBouncer that may still be disabled. */
  private static String reloadAndAdmit(Endpoint.PgBouncer pooler) {
    return console(
        pooler,
        String.format("-c RELOAD -c 'ENABLE \"%1$s\"' -c 'RESUME \"%1$s\"'", pooler.database()));
  }

  /** The same before the move. */
  public String planned(Endpoint endpoint, List<EndpointSeen> now) {
    return String.format(
        "points at %s, will point at %s after the promotion; back by a move back, or by hand: %s",
        pointedAt(endpoint, now), move.to().id(), lead(endpoint, move.to(), move.from()));
  }

  private static String pointedAt(Endpoint endpoint, List<EndpointSeen> seen) {
    return seen.stream()
        .filter(one -> one.name().equals(endpoint.name()))
        .map(one -> one.pointsAt().toString())
        .findFirst()
        .orElse("an unknown target");
  }

  /** The command to point an endpoint from one member to another. */
  public String lead(Endpoint endpoint, Instance from, Instance to) {
    if (endpoint instanceof Endpoint.PgBouncer pooler) {
      return String.format(
          "on %s set in the line %s of %s host=%s port=%d, then %s",
          pooler.host(),
          pooler.database(),
          pooler.databasesFile(),
          address(to),
          to.port(),
          console(pooler, "-c RELOAD"));
    }
    if (endpoint instanceof Endpoint.HaProxy proxy) {
      return balancer(proxy, from, to);
    }
    if (endpoint instanceof Endpoint.VirtualIp address) {
      return String.format(
          "on %s `ip addr del %s dev %s`, then %s",
          from.host(), address.address(), address.device(), given(address, to));
    }
    Endpoint.Command command = (Endpoint.Command) endpoint;
    return String.format(
        "on %s `%s`",
        command.host(),
        command
            .route()
            .replace("{instance}", ShellWord.quote(to.id().value()))
            .replace("{address}", ShellWord.quote(address(to)))
            .replace("{port}", String.valueOf(to.port())));
  }

  /** The same if the member's host is powered off. */
  public String pointFromLost(Endpoint endpoint, Instance from, Instance to) {
    return endpoint instanceof Endpoint.VirtualIp address
        ? given(address, to)
        : lead(endpoint, from, to);
  }

  /** The same if the endpoint was observed to point at no member. */
  String pointFromNone(Endpoint endpoint, Instance to) {
    if (endpoint instanceof Endpoint.HaProxy proxy) {
      return reported(proxy, "set server " + proxy.writeBackend() + "/" + to.id() + " state ready");
    }
    return pointFromLost(endpoint, to, to);
  }

  private static String given(Endpoint.VirtualIp address, Instance to) {
    return String.format(
        "on %s `ip addr add %s dev %s && arping -U -c 3 -I %s %s`",
        to.host(),
        address.address(),
        address.device(),
        address.device(),
        address.address().replaceFirst("/.*", ""));
  }

  private static String balancer(Endpoint.HaProxy proxy, Instance from, Instance to) {
    StringBuilder words = new StringBuilder();
    String old = proxy.writeBackend() + "/" + from.id();
    words.append("set server ").append(old).append(" state maint;");
    words.append("shutdown sessions server ").append(old).append(';');
    if (!proxy.readBackend().isEmpty()) {
      words.append("set server " + proxy.readBackend() + "/" + to.id() + " state maint;");
      words.append("set server " + proxy.readBackend() + "/" + from.id() + " state ready;");
    }
    words.append("set server " + proxy.writeBackend() + "/" + to.id() + " state ready");
    return reported(proxy, words.toString());
  }

  private static String reported(Endpoint.HaProxy proxy, String words) {
    return String.format(
        "on %s `echo '%s' | socat - UNIX-CONNECT:%s`", proxy.host(), words, proxy.socket());
  }

  /** Lets clients connect again to a member from which they were disconnected. */
  public String admit(Endpoint endpoint, Instance old) {
    return endpoint instanceof Endpoint.HaProxy proxy
        ? reported(
            proxy,
            Stream.of(proxy.writeBackend(), proxy.readBackend())
                .filter(backend -> !backend.isEmpty())
                .map(backend -> "set server " + backend + "/" + old.id() + " state ready")
                .collect(Collectors.joining("; ")))
        : admitted((Endpoint.PgBouncer) endpoint);
  }

  private static String admitted(Endpoint.PgBouncer pooler) {
    return String.format(
        "on %s %s",
        pooler.host(),
        console(
            pooler, String.format("-c 'ENABLE \"%1$s\"' -c 'RESUME \"%1$s\"'", pooler.database())));
  }

  /** Pauses a PgBouncer; only its timeouts would resume it. */
  static String pause(Endpoint.PgBouncer pooler) {
    return "on "
        + pooler.host()
        + " "
        + console(pooler, String.format("-c 'PAUSE \"%s\"'", pooler.database()));
  }

  /** Makes a PgBouncer read its file, and resumes its clients to the target in that file. */
  static String reloadAndResume(Endpoint.PgBouncer pooler) {
    return console(pooler, String.format("-c RELOAD -c 'RESUME \"%s\"'", pooler.database()));
  }

  private static String console(Endpoint.PgBouncer pooler, String words) {
    return String.format(
        "`env -u PGHOSTADDR -u PGSERVICE -u PGOPTIONS psql -X -h %s -p %d -U %s -d pgbouncer %s`",
        pooler.socketDirectory().isEmpty() ? "127.0.0.1" : pooler.socketDirectory(),
        pooler.port(),
        pooler.user(),
        words);
  }

  private String address(Instance instance) {
    return move.cluster().host(instance.host()).access().address();
  }
}
