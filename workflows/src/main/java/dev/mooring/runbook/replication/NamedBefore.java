package dev.mooring.runbook.replication;

import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The instance that the newest authority allows to write beside the member that accepts writes. Of
 * a move, the old primary's host says that no instance may write: where no other host answers, any
 * other may be the one.
 */
final class NamedBefore {
  private NamedBefore() {}

  /**
   * Of each that may be the one and may have what the member that accepts writes has not, a
   * sentence. One that is a standby is none, nor is one that is down and whose timeline is another:
   * a newer one is judged on its own.
   */
  static List<String> doubts(
      Members members, List<InstanceRole> roles, List<DirectorySeen> directories) {
    long newest = roles.stream().mapToLong(role -> role.authority().epoch()).max().orElse(0);
    List<String> named =
        roles.stream()
            .filter(role -> role.authority().epoch() == newest)
            .map(NamedBefore::writer)
            .filter(writer -> !writer.equals(Authority.NOBODY) && !writer.isEmpty())
            .distinct()
            .toList();
    String writes = members.primary().id().value();
    if (newest == 0 || named.contains(writes)) {
      return silent(members, roles);
    }
    List<InstanceId> any =
        named.isEmpty()
            ? members.standbys().stream().map(standby -> standby.id()).toList()
            : named.stream().map(InstanceId::new).toList();
    TimelineId ours = members.primarySeen().standing().timeline();
    List<String> doubts = new ArrayList<>();
    for (InstanceId one : any) {
      doubt(one, ours, roles, directories).ifPresent(doubts::add);
    }
    return doubts;
  }

  /** Where Patroni decides, the host's own member is one that it may promote. */
  private static String writer(InstanceRole role) {
    String named = role.authority().writer();
    return named.equals(PatroniHooks.DECIDES) ? role.instance().value() : named;
  }

  /** An old primary that was away names itself: what was recorded since is where it was not. */
  private static List<String> silent(Members members, List<InstanceRole> roles) {
    return members.standbys().stream()
        .map(standby -> standby.id())
        .filter(id -> roles.stream().noneMatch(role -> role.instance().equals(id)))
        .map(id -> id + "'s host was not read, and may have a newer record of who may write")
        .toList();
  }

  private static Optional<String> doubt(
      InstanceId one, TimelineId ours, List<InstanceRole> roles, List<DirectorySeen> directories) {
    Optional<InstanceRole> role = roles.stream().filter(r -> r.instance().equals(one)).findFirst();
    Optional<Held> held =
        directories.stream()
            .filter(seen -> seen.instance().equals(one))
            .flatMap(seen -> seen.contents().held().stream())
            .findFirst();
    if (role.isEmpty() || held.isEmpty()) {
      return Optional.of(one + " was not read, and may be ahead or accept writes too");
    }
    if (role.get().process() != ServerProcess.STOPPED && !role.get().standsBy()) {
      return Optional.of(String.format("%s is %s and no standby", one, role.get().process()));
    }
    ControlData control = role.get().control();
    boolean elsewhere =
        !control.checkpoint().timeline().equals(ours)
            && held.get().wal().stream().noneMatch(wal -> wal.timeline().equals(ours));
    return role.get().standsBy() || elsewhere
        ? Optional.empty()
        : Optional.of(one + " is no standby, and on timeline " + ours + " too");
  }
}
