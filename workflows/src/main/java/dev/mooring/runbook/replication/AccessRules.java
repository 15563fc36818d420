package dev.mooring.runbook.replication;

import dev.mooring.port.AccessActivities.EnsureAccess;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy.Replication;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The lines of pg_hba.conf that let members stream from each other, and rewind from each other: one
 * user, one address each, never a network. A numeric address gets the prefix length of a single
 * address; a host name is written as it is (PostgreSQL's page "The pg_hba.conf File").
 */
public final class AccessRules {
  private AccessRules() {}

  /** Two for each address: one to stream, one to rewind. */
  public static List<String> lines(Cluster cluster, List<Instance> members) {
    Replication replication = cluster.streaming().orElseThrow().replication();
    String type = replication.login().sslMode().equals("disable") ? "host" : "hostssl";
    String database = cluster.policies().database().database();
    return members.stream()
        .map(member -> cluster.host(member.host()).access().address())
        .distinct()
        .sorted()
        .flatMap(
            address ->
                Stream.of("replication", quoted(database))
                    .map(
                        to ->
                            String.join(
                                " ",
                                type,
                                to,
                                quoted(replication.login().user()),
                                alone(address),
                                "scram-sha-256")))
        .toList();
  }

  /** What a run removes of those lines, and a roll-back does not restore: one sentence, or none. */
  static List<String> lost(InstanceId member, List<String> before) {
    String lost =
        before.stream()
            .filter(line -> !EnsureAccess.writes(line))
            .collect(Collectors.joining(" | "));
    return lost.isEmpty()
        ? List.of()
        : List.of(
            member
                + ": access lines that Mooring does not write are removed, and a roll-back does"
                + " not restore them: "
                + lost);
  }

  /** A quoted word is no key word such as {@code all}. */
  private static String quoted(String word) {
    if (word.indexOf('"') >= 0 || word.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("no line of pg_hba.conf can hold " + word);
    }
    return '"' + word + '"';
  }

  static String alone(String address) {
    if (address.matches("[0-9]+(\\.[0-9]+){3}")) {
      return address + "/32";
    }
    return address.contains(":") ? address + "/128" : address;
  }
}
