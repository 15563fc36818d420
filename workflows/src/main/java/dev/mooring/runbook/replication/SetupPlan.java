package dev.mooring.runbook.replication;

import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;

/**
 * What a setup is to do, and to whom.
 *
 * @param members as they were seen
 * @param raised what is set on the primary first
 * @param able standbys that are set up, those that stream already too
 * @param copied standbys without data of this cluster, which get a base backup
 * @param unconfigured those of them that have no configuration of their own
 * @param replaced what is in the place of such a copy, one sentence each
 * @param following those that are to follow, the copied ones too
 * @param anew those of them that stream, and by another connection than the file has
 * @param makesRole whether the role is not there yet
 * @param account what is lacking of the role, one word each
 * @param linesBefore Mooring's access lines of the primary
 * @param lines those that are to be there
 * @param slots those that are to be made
 * @param left slots of them at members that they don't stream from then
 * @param commits who commits are to wait for, if that is to be changed: one, or none
 * @param waiting standbys that can't be set up yet, why
 */
record SetupPlan(
    Members members,
    PrimaryPlan raised,
    List<Instance> able,
    List<Instance> copied,
    List<Instance> unconfigured,
    List<String> replaced,
    List<Instance> following,
    List<Anew> anew,
    boolean makesRole,
    List<String> account,
    List<String> linesBefore,
    List<String> lines,
    List<MissingSlot> slots,
    SlotsLeft left,
    List<SynchronousNames> commits,
    List<String> waiting) {
  SetupPlan {
    able = List.copyOf(able);
    copied = List.copyOf(copied);
    unconfigured = List.copyOf(unconfigured);
    replaced = List.copyOf(replaced);
    following = List.copyOf(following);
    anew = List.copyOf(anew);
    account = List.copyOf(account);
    linesBefore = List.copyOf(linesBefore);
    lines = List.copyOf(lines);
    slots = List.copyOf(slots);
    commits = List.copyOf(commits);
    waiting = List.copyOf(waiting);
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

  /** Those that stream and connect anew. */
  List<Instance> reconnecting() {
    return anew.stream().map(Anew::standby).toList();
  }

  /** Whose configuration comes with its base backup, one sentence each. */
  List<String> taken() {
    InstanceId primary = members.primary().id();
    return unconfigured.stream()
        .map(standby -> standby.id() + ": configuration taken from " + primary)
        .toList();
  }

  boolean changesAccess() {
    return !linesBefore.equals(lines);
  }

  /** What needs the approval of a person who has read the plan, one sentence each. */
  List<String> grave() {
    List<String> grave = new ArrayList<>(replaced);
    grave.addAll(raised.grave());
    return grave;
  }

  /** What is changed, one sentence each: what an approval is about. */
  List<String> objects() {
    String primary = members.primary().id().value();
    List<String> objects = new ArrayList<>(raised.objects());
    if (!account.isEmpty()) {
      objects.add(primary + ": " + String.join(", ", account) + " of the role to stream as");
    }
    if (changesAccess()) {
      objects.add(primary + ": access lines " + String.join(" | ", lines));
    }
    slots.forEach(slot -> objects.add(slot.inWords()));
    objects.addAll(replaced);
    copied.forEach(standby -> objects.add(standby.id() + ": base backup"));
    objects.addAll(taken());
    following.stream()
        .filter(standby -> !reconnecting().contains(standby))
        .forEach(standby -> objects.add(standby.id() + ": follows and is started"));
    anew.forEach(one -> objects.add(one.inWords()));
    commits.forEach(set -> objects.add(primary + ": " + set.inWords()));
    objects.addAll(left.objects());
    return objects;
  }
}
