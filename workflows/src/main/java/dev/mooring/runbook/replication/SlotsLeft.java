package dev.mooring.runbook.replication;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Upstreams;
import io.temporal.workflow.CancellationScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Slots of standbys at members that they stream from no more, or not after this run. Each keeps WAL
 * until the disk is full, and goes with an approval alone: dropped is what the standby would need
 * to go back.
 */
record SlotsLeft(List<SlotLeft> slots) {
  SlotsLeft {
    slots = List.copyOf(slots);
  }

  /** A standby's slot at a member that it does not stream from. */
  record SlotLeft(Instance member, Instance standby, String name) {
    String inWords() {
      return String.format(
          "%s: slot %s is no longer needed once %s follows %s,"
              + " and is dropped then if this plan is approved",
          member.id(),
          name,
          standby.id(),
          standby.upstream().isEmpty() ? "the primary" : standby.upstream());
    }
  }

  /**
   * Of standbys that are set up.
   *
   * @param following those that are made to follow: a slot of them that is in use is by themselves
   */
  static SlotsLeft of(
      Cluster cluster, Members members, List<Instance> able, List<Instance> following) {
    List<SlotLeft> left = new ArrayList<>();
    Upstreams upstreams = Upstreams.of(cluster, members.primary());
    for (Instance standby : able) {
      for (MemberObserved member : members.seen()) {
        boolean serves =
            upstreams.of(standby).filter(up -> up.id().equals(member.instance())).isPresent();
        if (!serves && hasLeft(member, cluster.slotName(standby), following.contains(standby))) {
          left.add(
              new SlotLeft(
                  cluster.member(member.instance()).orElseThrow(),
                  standby,
                  cluster.slotName(standby)));
        }
      }
    }
    return new SlotsLeft(left);
  }

  private static boolean hasLeft(MemberObserved member, String name, boolean moves) {
    return member.slots().stream()
        .filter(slot -> slot.plugin().isEmpty() && slot.name().equals(name))
        .anyMatch(slot -> moves || !slot.active());
  }

  /** What an approval is about, one sentence each. */
  List<String> objects() {
    return slots.stream().map(SlotLeft::inWords).toList();
  }

  /** What to do about those whose removal was not approved, one sentence each. */
  List<String> reported(Cluster cluster) {
    return slots.stream()
        .map(
            slot ->
                String.format(
                    "slot %s of %s is no longer needed and keeps WAL: %s drops it, with the"
                        + " digest that the same with `--mode plan` shows",
                    slot.name(), slot.member().id(), Commands.setUpAsPlanned(cluster.name())))
        .toList();
  }

  /**
   * Drops them, once their standbys stream from others. What was dropped is what the plan saw there
   * and is not in use: an answer may be lost with its worker.
   *
   * @param changed takes those that are gone, one sentence each
   * @param degraded takes those that are in use
   */
  void drop(RunbookRun run, MemberActs acts, List<String> changed, List<String> degraded) {
    if (!slots.isEmpty()) {
      run.step(
          ReplicationStep.DROP_SLOTS,
          () -> {
            // a stop that came before takes nothing away
            CancellationScope.throwCanceled();
            slots.forEach(one -> drop(one, run, acts, changed, degraded));
          },
          Undo.nothing("what a slot kept may be gone at once"));
    }
  }

  private static void drop(
      SlotLeft slot, RunbookRun run, MemberActs acts, List<String> changed, List<String> degraded) {
    SlotsSet set =
        acts.slots(
            ActivityPolicies.ENSURE_TO_ITS_END,
            run.call(ReplicationStep.DROP_SLOTS),
            slot.member(),
            List.of(),
            List.of(slot.name()));
    if (set.kept().isEmpty()) {
      changed.add(slot.member().id() + ": dropped slot " + slot.name());
    } else {
      degraded.add("slot " + slot.name() + " of " + slot.member().id() + " is in use and stays");
    }
  }
}
