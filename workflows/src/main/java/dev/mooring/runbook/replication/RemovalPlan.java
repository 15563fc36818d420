package dev.mooring.runbook.replication;

import dev.mooring.port.AccessActivities.AccessObserved;
import dev.mooring.port.AccessActivities.AccessSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import java.util.ArrayList;
import java.util.List;

/**
 * What a removal deletes on the members that stay: of the primary, and of every other that has
 * something of a standby that goes, because it streamed from there or was to be able to.
 *
 * @param primary that accepts writes
 * @param commits the standbys that its commits wait for then, if that is to be changed: one, or
 *     none
 * @param slots of the standbys that go
 * @param lines access lines that change
 * @param dropsAccount whether no standby is left that streams as the role
 * @param reported what stays, or is left for a person to change, one sentence each: reported as
 *     degraded
 */
record RemovalPlan(
    Instance primary,
    List<SynchronousNames> commits,
    List<SlotsAt> slots,
    List<LinesAt> lines,
    boolean dropsAccount,
    List<String> reported) {
  RemovalPlan {
    commits = List.copyOf(commits);
    slots = List.copyOf(slots);
    lines = List.copyOf(lines);
    reported = List.copyOf(reported);
  }

  /** Slots of standbys that go, at a member that stays. */
  record SlotsAt(Instance sender, List<String> names) {
    SlotsAt {
      names = List.copyOf(names);
    }
  }

  /** Access lines of a member that stays. */
  record LinesAt(Instance member, List<String> before, List<String> after) {
    LinesAt {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /** A standby that still streams is not cut off: it is stopped by hand first. */
  static Verdict<RemovalPlan> judge(
      Cluster cluster, Members members, List<Instance> going, List<AccessObserved> access) {
    List<String> names =
        going.stream().flatMap(one -> cluster.replicationNames(one).stream()).toList();
    List<String> streaming =
        members.seen().stream()
            .flatMap(member -> member.senders().stream())
            .filter(sender -> names.contains(sender.slot()) || names.contains(sender.application()))
            .map(sender -> sender.application())
            .distinct()
            .sorted()
            .toList();
    if (!streaming.isEmpty()) {
      return Verdict.never(
          FailureCode.DATABASE_REFUSED,
          String.join(", ", streaming)
              + " still stream. HINT: stop these standbys first, then remove them");
    }
    List<Instance> left = staying(cluster, going);
    boolean all = left.size() == 1;
    List<LinesAt> lines = lines(cluster, left, access, all);
    List<String> reported = reported(cluster, members, going, access);
    lines.forEach(at -> reported.addAll(AccessRules.lost(at.member().id(), at.before())));
    return Verdict.proceed(
        new RemovalPlan(
            members.primary(),
            commits(members, names),
            slots(members, left, names),
            lines,
            all,
            reported));
  }

  /** The members that stay. */
  static List<Instance> staying(Cluster cluster, List<Instance> going) {
    return cluster.members().stream().filter(member -> !going.contains(member)).toList();
  }

  private static List<SynchronousNames> commits(Members members, List<String> names) {
    MemberObserved primary = members.primarySeen();
    // synchronous_commit is left: what is read is that of Mooring's own session
    SynchronousNames before = new SynchronousNames(SynchronousNames.on(primary).names(), "");
    SynchronousNames after = before.without(names, !primary.senders().isEmpty());
    return after.names().equals(before.names()) ? List.of() : List.of(after);
  }

  private static List<SlotsAt> slots(Members members, List<Instance> left, List<String> names) {
    List<SlotsAt> slots = new ArrayList<>();
    for (Instance member : left) {
      List<String> there =
          members.member(member.id()).stream()
              .flatMap(seen -> seen.slots().stream())
              .filter(slot -> slot.plugin().isEmpty() && names.contains(slot.name()))
              .map(slot -> slot.name())
              .toList();
      if (!there.isEmpty()) {
        slots.add(new SlotsAt(member, there));
      }
    }
    return slots;
  }

  private static List<LinesAt> lines(
      Cluster cluster, List<Instance> left, List<AccessObserved> access, boolean all) {
    List<String> after = all ? List.of() : AccessRules.lines(cluster, left);
    List<LinesAt> lines = new ArrayList<>();
    for (Instance member : left) {
      access.stream()
          .flatMap(host -> host.seen().stream())
          .filter(seen -> seen.instance().equals(member.id()))
          .map(AccessSeen::lines)
          .filter(before -> !before.isEmpty() && !before.equals(after))
          .forEach(before -> lines.add(new LinesAt(member, before, after)));
    }
    return lines;
  }

  private static List<String> reported(
      Cluster cluster, Members members, List<Instance> going, List<AccessObserved> access) {
    List<String> reported = new ArrayList<>();
    for (Instance member : staying(cluster, going)) {
      String silence = members.silence(member.id());
      if (!silence.isEmpty()) {
        reported.add(
            member.id() + " does not answer, and slots that it has for them stay: " + silence);
      }
      Upstreams.of(cluster, members.primary())
          .of(member)
          .filter(going::contains)
          .ifPresent(
              from ->
                  reported.add(
                      member.id()
                          + " is to stream from "
                          + from.id()
                          + ", which goes: set another upstream for it in the cluster file"));
    }
    List<InstanceId> waitedFor =
        cluster.streaming().orElseThrow().replication().synchronous().instances();
    going.stream()
        .filter(standby -> waitedFor.contains(standby.id()))
        .forEach(
            standby ->
                reported.add(
                    "in the cluster file commits still wait for "
                        + standby.id()
                        + ": take it out of replication.synchronous"));
    for (AccessObserved host : access) {
      for (InstanceFailure silent : host.failures()) {
        reported.add("access lines of " + silent.instance() + " stay: " + silent.message());
      }
    }
    return reported;
  }

  /** What is removed, one sentence each: what an approval is about. */
  List<String> objects() {
    List<String> objects = new ArrayList<>();
    commits.forEach(set -> objects.add(primary.id() + ": " + set.inWords()));
    slots.forEach(
        at -> at.names().forEach(name -> objects.add(at.sender().id() + ": slot " + name)));
    lines.forEach(
        at -> objects.add(at.member().id() + ": access lines " + String.join(" | ", at.before())));
    if (dropsAccount) {
      objects.add(primary.id() + ": the role to stream as, if Mooring made it");
    }
    return objects;
  }
}
