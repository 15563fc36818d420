package dev.mooring.runbook.failover;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.InstanceState;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Determines which instance was the primary. In this order: the instance that still accepts writes;
 * the writer in the authority file with the highest epoch; the member that the standbys'
 * primary_conninfo names and that does not answer itself; the one instance whose control file says
 * in production without a standby.signal or a fence. If that leaves a doubt, a person names it.
 */
final class OldPrimary {
  private static final Pattern HOST = Pattern.compile("(?:^| )host=(\\S+)");
  private static final Pattern PORT = Pattern.compile("(?:^| )port=(\\d{1,5})");

  private final Cluster cluster;
  private final ObservedMembers observed;

  private OldPrimary(Cluster cluster, ObservedMembers observed) {
    this.cluster = cluster;
    this.observed = observed;
  }

  /**
   * The old primary, or why it can't be determined.
   *
   * @param named by a person; then only a member that accepts writes can contradict it
   */
  static Verdict<Instance> of(
      Cluster cluster, ObservedMembers observed, Optional<InstanceId> named) {
    return new OldPrimary(cluster, observed).verdict(named);
  }

  private Verdict<Instance> verdict(Optional<InstanceId> named) {
    List<InstanceId> writing =
        observed.members().stream()
            .filter(member -> !member.standing().inRecovery())
            .map(MemberObserved::instance)
            .toList();
    if (writing.size() > 1) {
      return OneWriter.two(writing + " accept writes, all of them");
    }
    if (writing.size() == 1) {
      return named.filter(id -> !writing.contains(id)).isPresent()
          ? Verdict.never(
              FailureCode.TWO_PRIMARIES,
              writing.get(0) + " accepts writes, and named as gone was " + named.get())
          : found(writing.get(0));
    }
    if (named.isPresent()) {
      return found(named.get());
    }
    Optional<InstanceId> byAuthority = byAuthority();
    Optional<InstanceId> byStandbys = byStandbys();
    if (byAuthority.isPresent() && byStandbys.isPresent() && !byAuthority.equals(byStandbys)) {
      return Verdict.never(
          FailureCode.NO_PRIMARY,
          String.format(
              "authority files name %s, and primary_conninfo of standbys names %s: find which of"
                  + " them was the last primary, and name it: `--from INSTANCE`",
              byAuthority.get(), byStandbys.get()));
    }
    return byAuthority
        .or(() -> byStandbys)
        .or(this::byItsHost)
        .map(this::found)
        .orElseGet(this::none);
  }

  /**
   * The evidence for another primary than the named one, as pieces of a sentence. A member that
   * answers, or that its host proves stopped, can't write unobserved and is left out.
   */
  static List<String> othersThanNamed(Cluster cluster, ObservedMembers observed, InstanceId named) {
    OldPrimary look = new OldPrimary(cluster, observed);
    List<String> others = new ArrayList<>();
    look.byAuthority()
        .filter(id -> look.mayWriteUnseen(id, named))
        .ifPresent(id -> others.add("authority files name " + id + ", which is silent"));
    for (MemberObserved standby : observed.members()) {
      look.reported(standby)
          .filter(id -> look.mayWriteUnseen(id, named))
          .ifPresent(
              id ->
                  others.add(
                      standby.instance()
                          + " was configured to stream from "
                          + id
                          + ", which is silent"));
    }
    return others;
  }

  private boolean mayWriteUnseen(InstanceId id, InstanceId named) {
    boolean answers = observed.members().stream().anyMatch(seen -> seen.instance().equals(id));
    boolean ended =
        observed.hosts().roles().stream()
            .filter(role -> role.instance().equals(id))
            .anyMatch(role -> role.process() == ServerProcess.STOPPED);
    return !id.equals(named) && !answers && !ended;
  }

  private Optional<InstanceId> reported(MemberObserved standby) {
    return standby.receivers().stream()
        .flatMap(from -> member(from.senderHost(), from.senderPort()).stream())
        .findFirst()
        .or(() -> standby.setting("primary_conninfo").flatMap(this::member));
  }

  private Verdict<Instance> found(InstanceId id) {
    return cluster
        .member(id)
        .map(Verdict::proceed)
        .orElseGet(
            () ->
                Verdict.never(
                    FailureCode.BAD_INPUT,
                    String.format(
                        "%s is no member of cluster %s; its members are %s",
                        id, cluster.name(), ids())));
  }

  private List<InstanceId> ids() {
    return cluster.members().stream().map(Instance::id).toList();
  }

  /**
   * A host that was silent during the last role change names an older writer. A role change writes
   * the new writer on one host and, with the same epoch, "no instance may write" or "Patroni
   * decides" on the other.
   */
  private Optional<InstanceId> byAuthority() {
    List<Authority> reported =
        observed.hosts().roles().stream()
            .map(InstanceRole::authority)
            .filter(authority -> !authority.writer().isEmpty())
            .toList();
    long highest = reported.stream().mapToLong(Authority::epoch).max().orElse(0);
    return reported.stream()
        .filter(authority -> authority.epoch() == highest)
        .map(Authority::writer)
        .filter(writer -> !List.of(Authority.NOBODY, PatroniHooks.DECIDES).contains(writer))
        .findFirst()
        .map(InstanceId::new);
  }

  private Optional<InstanceId> byStandbys() {
    TreeSet<InstanceId> reported = new TreeSet<>(Comparator.comparing(InstanceId::value));
    for (MemberObserved member : observed.members()) {
      member.setting("primary_conninfo").flatMap(this::member).ifPresent(reported::add);
    }
    observed.members().forEach(answers -> reported.remove(answers.instance()));
    return reported.size() == 1 ? Optional.of(reported.first()) : Optional.empty();
  }

  /** The one instance that its host shows as a primary that was not shut down. */
  private Optional<InstanceId> byItsHost() {
    List<InstanceId> died =
        observed.hosts().roles().stream()
            .filter(role -> !role.start().standbySignal() && role.start().fencedEpoch() == 0)
            .filter(role -> role.control().state() == InstanceState.IN_PRODUCTION)
            .map(InstanceRole::instance)
            .toList();
    return died.size() == 1 ? Optional.of(died.get(0)) : Optional.empty();
  }

  private Optional<InstanceId> member(String conninfo) {
    Matcher host = HOST.matcher(conninfo);
    Matcher port = PORT.matcher(conninfo);
    if (!host.find() || !port.find()) {
      return Optional.empty();
    }
    return member(host.group(1), Integer.parseInt(port.group(1)));
  }

  private Optional<InstanceId> member(String host, int port) {
    return cluster.members().stream()
        .filter(member -> member.port() == port)
        .filter(member -> cluster.host(member.host()).access().address().equals(host))
        .map(Instance::id)
        .findFirst();
  }

  private Verdict<Instance> none() {
    if (observed.members().isEmpty() && observed.hosts().roles().isEmpty()) {
      return Verdict.never(
          FailureCode.NO_PRIMARY,
          "no member of "
              + cluster.name()
              + " was observed: "
              + String.join(
                  "; ",
                  observed.silent().stream().map(f -> f.instance() + ": " + f.message()).toList()));
    }
    return Verdict.never(
        FailureCode.NO_PRIMARY,
        String.format(
            "no member of %s accepts writes, and neither authority files nor primary_conninfo of"
                + " its standbys show which did; name it: `--from INSTANCE`, one of %s",
            cluster.name(), ids()));
  }
}
