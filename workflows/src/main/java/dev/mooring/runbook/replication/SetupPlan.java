package dev.mooring.runbook.replication;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.quoting.StandbyList;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a setup is to do, and on which members.
 *
 * @param members as they were seen
 * @param raised what is set on the primary first
 * @param role the role to stream as
 * @param access the lines that let the members in
 * @param slots the standbys' slots at members
 * @param standbys what is done with each standby
 * @param commits the standbys that commits are to wait for, if that is to be changed: one, or none
 */
record SetupPlan(
    Members members,
    PrimaryPlan raised,
    Role role,
    Access access,
    Slots slots,
    Standbys standbys,
    List<SynchronousNames> commits) {
  SetupPlan {
    commits = List.copyOf(commits);
  }

  /**
   * The role to stream as.
   *
   * @param isThere whether there is one
   * @param lacking what it lacks, one word each
   */
  record Role(boolean isThere, List<String> lacking) {
    Role {
      lacking = List.copyOf(lacking);
    }
  }

  /**
   * Mooring's access lines.
   *
   * @param before those of the primary
   * @param lines those that are to be there
   */
  record Access(List<String> before, List<String> lines) {
    Access {
      before = List.copyOf(before);
      lines = List.copyOf(lines);
    }

    boolean changes() {
      return !before.equals(lines);
    }
  }

  /**
   * The standbys' slots at the members that send to them.
   *
   * @param missing those that are to be made
   * @param left those at members that they don't stream from then
   */
  record Slots(List<MissingSlot> missing, SlotsLeft left) {
    Slots {
      missing = List.copyOf(missing);
    }
  }

  /**
   * A slot that a sender does not have yet.
   *
   * @param without why one of that name, which is there, keeps no WAL: it is dropped first; empty
   *     where none is there
   */
  record MissingSlot(Instance sender, String name, String without) {
    boolean isThere() {
      return !without.isEmpty();
    }

    private String inWords() {
      return sender.id() + ": slot " + name + (isThere() ? ", anew: " + without : "");
    }
  }

  /**
   * What is done with each standby.
   *
   * @param able those that are set up, those that stream already too
   * @param copies those of them that get a base backup
   * @param following those that are to follow, the copied ones too
   * @param anew those of them that stream, and by another connection than the file has
   * @param waiting those that can't be set up yet, why
   */
  record Standbys(
      List<Instance> able,
      Copies copies,
      List<Instance> following,
      List<Anew> anew,
      List<String> waiting) {
    Standbys {
      able = List.copyOf(able);
      following = List.copyOf(following);
      anew = List.copyOf(anew);
      waiting = List.copyOf(waiting);
    }

    /** Those that stream and connect anew. */
    List<Instance> reconnecting() {
      return anew.stream().map(Anew::standby).toList();
    }

    private List<String> objects(Function<Instance, String> late) {
      List<String> objects = new ArrayList<>();
      following.stream()
          .filter(standby -> !reconnecting().contains(standby))
          .map(standby -> standby.id() + ": follows and is started" + late.apply(standby))
          .forEach(objects::add);
      anew.forEach(one -> objects.add(one.inWords() + late.apply(one.standby())));
      return objects;
    }
  }

  /**
   * Standbys without data of this cluster, which get a base backup.
   *
   * @param unconfigured those of them that have no configuration of their own
   * @param replaced what is in the place of such a copy, one sentence each
   */
  record Copies(List<Instance> copied, List<Instance> unconfigured, List<String> replaced) {
    Copies {
      copied = List.copyOf(copied);
      unconfigured = List.copyOf(unconfigured);
      replaced = List.copyOf(replaced);
    }

    /** Whose configuration comes with its base backup, one sentence each. */
    List<String> taken(InstanceId primary) {
      return unconfigured.stream()
          .map(standby -> standby.id() + ": configuration taken from " + primary)
          .toList();
    }

    private List<String> objects(InstanceId primary) {
      List<String> objects = new ArrayList<>(replaced);
      copied.forEach(standby -> objects.add(standby.id() + ": base backup"));
      objects.addAll(taken(primary));
      return objects;
    }
  }

  /**
   * A standby that streams, and is to by another connection.
   *
   * @param differences what of its connection is otherwise now, one sentence each
   */
  record Anew(Instance standby, List<String> differences) {
    Anew {
      differences = List.copyOf(differences);
    }

    private String inWords() {
      return standby.id() + ": connects anew by a reload: " + String.join("; ", differences);
    }
  }

  /** What needs the approval of a person who has read the plan, one sentence each. */
  List<String> grave() {
    List<String> grave = new ArrayList<>(standbys.copies().replaced());
    grave.addAll(raised.grave());
    return grave;
  }

  /** Empty of one that is waited for: without it too few of the others would confirm commits. */
  private String lateInWords(Cluster cluster, Instance standby) {
    List<InstanceId> punctual =
        standbys.able().stream()
            .map(Instance::id)
            .filter(id -> members.member(id).flatMap(MemberObserved::applyDelay).isEmpty())
            .toList();
    return members
        .member(standby.id())
        .filter(seen -> !commitsNeed(cluster, standby.id(), punctual))
        .map(StreamingRows::lateInWords)
        .orElse("");
  }

  /** Whether commits are to wait for that standby, and fewer of these confirm them than must. */
  boolean commitsNeed(Cluster cluster, InstanceId standby, List<InstanceId> confirming) {
    return commits.stream()
        .anyMatch(
            one ->
                isNamed(cluster, one, standby)
                    && confirming.stream().filter(other -> isNamed(cluster, one, other)).count()
                        < SynchronousCommits.needed(one.names()));
  }

  private static boolean isNamed(Cluster cluster, SynchronousNames commits, InstanceId standby) {
    return cluster.member(standby).stream()
        .anyMatch(one -> StandbyList.of(commits.names()).isNamed(cluster.applicationName(one)));
  }

  /** What is changed, one sentence each: what an approval is about. */
  List<String> objects(Cluster cluster) {
    InstanceId primary = members.primary().id();
    List<String> objects = new ArrayList<>(raised.objects());
    if (!role.lacking().isEmpty()) {
      objects.add(primary + ": " + String.join(", ", role.lacking()) + " of the role to stream as");
    }
    if (access.changes()) {
      objects.add(primary + ": access lines " + String.join(" | ", access.lines()));
    }
    slots.missing().forEach(slot -> objects.add(slot.inWords()));
    objects.addAll(standbys.copies().objects(primary));
    objects.addAll(standbys.objects(standby -> lateInWords(cluster, standby)));
    commits.forEach(set -> objects.add(primary + ": " + set.inWords()));
    objects.addAll(slots.left().objects());
    return objects;
  }
}
