package dev.mooring.runbook.members;

import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.runbook.ArchiveObservations;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The surroundings of members that a move depends on.
 *
 * @param ready answers of members over a new connection
 * @param silent members without such an answer
 * @param surroundings on their hosts
 * @param unseen members whose hosts gave no answer
 * @param archives the recent files in the archives of the old and the new primary
 * @param unread members whose archive could not be read
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

  /** Before anything was observed. */
  public static final MemberSurroundings NOTHING = of(List.of());

  /** The answers over SQL, before any host was asked. */
  public static MemberSurroundings of(List<ReadinessObserved> answers) {
    return new MemberSurroundings(
        answers.stream().flatMap(answer -> answer.members().stream()).toList(),
        answers.stream().flatMap(answer -> answer.failures().stream()).toList(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /** The same with the answers of hosts. */
  MemberSurroundings onHosts(List<Surroundings> reported) {
    return new MemberSurroundings(ready, silent, reported, unseen, archives, unread);
  }

  /** The same with the content of archives. */
  public MemberSurroundings with(ArchiveObservations.Seen archived) {
    return new MemberSurroundings(
        ready, silent, surroundings, unseen, archived.archives(), archived.unread());
  }

  /** The member's answer over a new connection. */
  public Optional<MemberReadiness> ready(Instance member) {
    return ready.stream().filter(one -> one.instance().equals(member.id())).findFirst();
  }

  /** The answer of the member's host. */
  public Optional<Surroundings> surroundings(Instance member) {
    return surroundings.stream().filter(one -> one.instance().equals(member.id())).findFirst();
  }

  /** The member's data directory as the cluster file calls it, and as its server does. */
  public List<String> dataDirectories(Instance member) {
    return Stream.concat(
            Stream.of(member.dataDirectory()),
            surroundings(member).map(one -> one.configuration().dataDirectory()).stream())
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /** The recent files in the member's archive, if it was read. */
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

  /** Why the member gave no answer over a new connection. */
  String whySilent(Instance member) {
    return why(silent, member);
  }

  /** Why the member's host gave no answer. */
  public String whyUnseen(Instance member) {
    return why(unseen, member);
  }

  /** The failure code of the member's host. */
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
