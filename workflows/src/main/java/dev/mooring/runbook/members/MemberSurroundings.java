package dev.mooring.runbook.members;

import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.runbook.ArchiveLooks;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/**
 * What members have around them that a move depends on.
 *
 * @param ready what members said over a new connection
 * @param silent those that said nothing over one
 * @param surroundings on their hosts
 * @param unseen those whose hosts did not tell
 * @param archives what the archives of the two that change roles hold of late
 * @param unread of whom the archive could not be read
 */
public record MemberSurroundings(
    List<MemberReadiness> ready,
    List<InstanceFailure> silent,
    List<Surroundings> surroundings,
    List<InstanceFailure> unseen,
    List<RecentArchived> archives,
    List<InstanceFailure> unread) {
  public MemberSurroundings {
    ready = List.copyOf(ready);
    silent = List.copyOf(silent);
    surroundings = List.copyOf(surroundings);
    unseen = List.copyOf(unseen);
    archives = List.copyOf(archives);
    unread = List.copyOf(unread);
  }

  /** Before anything was looked at. */
  public static final MemberSurroundings NOTHING = of(List.of());

  /** What was said over SQL, before any host was asked. */
  public static MemberSurroundings of(List<ReadinessObserved> answers) {
    return new MemberSurroundings(
        answers.stream().flatMap(answer -> answer.members().stream()).toList(),
        answers.stream().flatMap(answer -> answer.failures().stream()).toList(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /** The same with what hosts said. */
  MemberSurroundings onHosts(List<Surroundings> told) {
    return new MemberSurroundings(ready, silent, told, unseen, archives, unread);
  }

  /** The same with what archives hold. */
  public MemberSurroundings with(ArchiveLooks.Seen archived) {
    return new MemberSurroundings(
        ready, silent, surroundings, unseen, archived.archives(), archived.unread());
  }

  /** What a member said over a new connection, if it did. */
  public Optional<MemberReadiness> ready(Instance member) {
    return ready.stream().filter(one -> one.instance().equals(member.id())).findFirst();
  }

  /** What its host said, if it was asked and did. */
  public Optional<Surroundings> surroundings(Instance member) {
    return surroundings.stream().filter(one -> one.instance().equals(member.id())).findFirst();
  }

  /** What its archive holds of late, if it was looked at. */
  public Optional<RecentArchived> archive(Instance member) {
    return archives.stream().filter(one -> one.instance().equals(member.id())).findFirst();
  }

  /** Why its archive could not be read, if it could not. */
  public Optional<String> whyUnread(Instance member) {
    return unread.stream()
        .filter(failure -> failure.instance().equals(member.id()))
        .map(InstanceFailure::message)
        .findFirst();
  }

  /** Why it said nothing over a new connection. */
  String whySilent(Instance member) {
    return why(silent, member);
  }

  /** Why its host told nothing. */
  public String whyUnseen(Instance member) {
    return why(unseen, member);
  }

  /** By which code its host told nothing. */
  public Optional<FailureCode> unseenBy(Instance member) {
    return unseen.stream()
        .filter(failure -> failure.instance().equals(member.id()))
        .map(InstanceFailure::code)
        .findFirst();
  }

  private static String why(List<InstanceFailure> failures, Instance member) {
    return failures.stream()
        .filter(failure -> failure.instance().equals(member.id()))
        .map(InstanceFailure::message)
        .findFirst()
        .orElse("not known");
  }
}
