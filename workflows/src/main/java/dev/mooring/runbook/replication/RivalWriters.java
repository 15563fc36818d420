package dev.mooring.runbook.replication;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Members that accept writes beside the one that is kept, or may, and whether each can be fenced by
 * its host: if one can't be, none is, and nothing is recorded.
 *
 * @param members as they answered over SQL; the primary is the one that is kept
 * @param roles of the members whose hosts answered
 * @param unseen why those of the others did not, or could not be read
 */
record RivalWriters(
    Cluster cluster, Members members, List<InstanceRole> roles, List<InstanceFailure> unseen) {
  RivalWriters {
    roles = List.copyOf(roles);
    unseen = List.copyOf(unseen);
  }

  /** As their hosts show them. */
  List<InstanceRole> all() {
    return roles.stream()
        .filter(role -> !role.instance().equals(members.primary().id()) && mayWrite(role))
        .toList();
  }

  /** The same by their ids. */
  List<InstanceId> ids() {
    return all().stream().map(InstanceRole::instance).toList();
  }

  /** An orphan may still commit. */
  private static boolean mayWrite(InstanceRole role) {
    return role.process() != ServerProcess.STOPPED
        && !(role.process() == ServerProcess.RUNNING && role.standsBy());
  }

  /** Why nothing is fenced or recorded; empty if all of them can be fenced. */
  Optional<InstanceFailure> against() {
    List<InstanceFailure> against = new ArrayList<>();
    List<InstanceRole> others = all();
    for (InstanceRole other : others) {
      refused(other).ifPresent(against::add);
    }
    unmatched(others).ifPresent(against::add);
    if (!others.isEmpty()) {
      keptElsewhere().ifPresent(against::add);
    }
    return against.stream().findFirst();
  }

  private Optional<InstanceFailure> refused(InstanceRole other) {
    SystemIdentifier ours = members.primarySeen().system();
    SystemIdentifier theirs = other.control().identity().systemIdentifier();
    Optional<String> why = notFenced(other);
    if (why.isPresent()) {
      return failure(
          other.instance(),
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s accepts writes, and the server of %s is %s and '%s'. It is not fenced: %s. Stop"
                  + " it first",
              members.primary().id(),
              other.instance(),
              other.process(),
              other.control().state(),
              why.get()));
    }
    return theirs.equals(ours)
        ? Optional.empty()
        : failure(
            other.instance(),
            FailureCode.IDENTITY_DIFFERS,
            String.format(
                "%s is system %s, and what runs in the data directory of %s is system %s",
                members.primary().id(), ours, other.instance(), theirs));
  }

  /** On a host of two, or whose authority names a third one, the fence would be of that one too. */
  private Optional<String> notFenced(InstanceRole other) {
    String named = other.authority().writer();
    if (DrivenFromOutside.is(cluster)) {
      return Optional.of("Patroni runs it");
    }
    if (!isWriter(other)) {
      return Optional.of("it is not shown to accept writes");
    }
    if (!List.of("", Authority.NOBODY, other.instance().value()).contains(named)) {
      return Optional.of("its host says that " + named + " may write");
    }
    return cluster.member(other.instance()).filter(this::isOnAnotherHost).isPresent()
        ? Optional.empty()
        : Optional.of("it runs on the host of " + members.primary().id());
  }

  /**
   * A base backup of a primary that begins to stand by shows what the primary was; of one with a
   * signal file SQL decides.
   */
  private boolean isWriter(InstanceRole other) {
    Optional<MemberObserved> sql = members.member(other.instance());
    return other.control().state() == InstanceState.IN_PRODUCTION
        && sql.filter(RivalWriters::isInRecovery).isEmpty()
        && (sql.isPresent() || !other.start().standbySignal());
  }

  private static boolean isInRecovery(MemberObserved member) {
    return member.standing().inRecovery();
  }

  private boolean isOnAnotherHost(Instance other) {
    return !address(other).equals(address(members.primary()));
  }

  private String address(Instance instance) {
    return cluster.host(instance.host()).access().address();
  }

  /** Over SQL it accepts writes, and no host shows the server that does. */
  private Optional<InstanceFailure> unmatched(List<InstanceRole> others) {
    return members.seen().stream()
        .filter(Predicate.not(RivalWriters::isInRecovery))
        .map(MemberObserved::instance)
        .filter(id -> !id.equals(members.primary().id()))
        .filter(id -> others.stream().noneMatch(other -> other.instance().equals(id)))
        .findFirst()
        .flatMap(this::unmatchedOne);
  }

  private Optional<InstanceFailure> unmatchedOne(InstanceId id) {
    InstanceId kept = members.primary().id();
    Optional<InstanceRole> role = role(id);
    if (role.isEmpty()) {
      InstanceFailure why =
          unseen.stream()
              .filter(one -> one.instance().equals(id))
              .findFirst()
              .orElse(
                  new InstanceFailure(
                      id, FailureCode.STATE_UNREADABLE, "its host says nothing of it"));
      return failure(
          id,
          why.code(),
          String.format(
              "%s accepts writes, and so does %s, which can't be fenced: %s%s",
              kept,
              id,
              why.message(),
              why.code() == FailureCode.HOST_UNREACHABLE
                  ? ". Power that host off and make sure that it stays off"
                  : ""));
    }
    return failure(
        id,
        FailureCode.TWO_PRIMARIES,
        String.format(
            "%s accepts writes, and so does %s over SQL, whose host shows it as %s: it can't be"
                + " fenced. Compare its address and data directory with the cluster file",
            kept, id, role.get().standsBy() ? "a standby" : role.get().process().name()));
  }

  private Optional<InstanceFailure> keptElsewhere() {
    return role(members.primary().id()).flatMap(role -> notKept(role, members.primarySeen()));
  }

  /**
   * Why the one that is kept is not the server that its host shows: nothing is fenced for it.
   *
   * @param kept as it answered over SQL
   */
  static Optional<InstanceFailure> notKept(InstanceRole role, MemberObserved kept) {
    SystemIdentifier system = role.control().identity().systemIdentifier();
    if (!system.equals(kept.system())) {
      return failure(
          kept.instance(),
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "%s is system %s over SQL, and its data directory is of system %s: nothing is"
                  + " fenced for it",
              kept.instance(), kept.system(), system));
    }
    if (role.process() == ServerProcess.RUNNING
        && !role.start().standbySignal()
        && role.control().state() == InstanceState.IN_PRODUCTION) {
      return Optional.empty();
    }
    return failure(
        kept.instance(),
        FailureCode.NO_PRIMARY,
        String.format(
            "%s accepts writes over SQL, and its host shows it as %s, '%s'%s: nothing is fenced"
                + " for it",
            kept.instance(),
            role.process(),
            role.control().state(),
            role.start().standbySignal() ? ", with standby.signal" : ""));
  }

  private Optional<InstanceRole> role(InstanceId id) {
    return roles.stream().filter(role -> role.instance().equals(id)).findFirst();
  }

  private static Optional<InstanceFailure> failure(InstanceId id, FailureCode code, String why) {
    return Optional.of(new InstanceFailure(id, code, why));
  }
}
