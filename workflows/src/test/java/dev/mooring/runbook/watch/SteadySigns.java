package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The steady signs of a cluster's members, one of each kind, as its sites' watches report them. */
final class SteadySigns {
  private final Cluster cluster;
  private final List<Sign> signs = new ArrayList<>();

  SteadySigns(Cluster cluster) {
    this.cluster = cluster;
  }

  void set(Kind kind, String member, String words) {
    unset(kind, member);
    signs.add(new Sign(kind, new InstanceId(member), words));
  }

  /** By those names standbys stream from that member, by those of other members none does. */
  void streams(String member, String... names) {
    unset(Kind.SENDS_TO, member);
    List<String> all = List.of(names);
    Stream.concat(
            all.stream().map(Sign::streams),
            cluster.members().stream()
                .map(cluster::applicationName)
                .filter(name -> !all.contains(name))
                .map(Sign::absent))
        .forEach(words -> signs.add(new Sign(Kind.SENDS_TO, new InstanceId(member), words)));
  }

  /** It is not known whether a standby of that name streams. */
  void comesAndGoes(String member, String name) {
    signs.removeIf(
        sign ->
            sign.kind() == Kind.SENDS_TO
                && sign.subject().value().equals(member)
                && sign.about().equals(name));
  }

  void unset(Kind kind, String member) {
    signs.removeIf(sign -> sign.kind() == kind && sign.subject().value().equals(member));
  }

  /** Nothing is known of that member from now on. */
  void forget(InstanceId member) {
    signs.removeIf(sign -> sign.subject().equals(member));
  }

  SiteState watched(SiteName site) {
    List<Instance> members = cluster.membersAt(site);
    return SiteState.watched(
        site,
        members,
        signs.stream()
            .filter(sign -> members.stream().anyMatch(one -> one.id().equals(sign.subject())))
            .toList());
  }
}
