package dev.mooring.runbook.checks;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.runbook.members.Move;
import java.util.List;

/**
 * Physical slots of the old primary that belong to no member: of pg_receivewal, a backup server or
 * a standby that the cluster file does not name. They don't move: the new primary keeps no WAL for
 * their consumers, and the old one keeps WAL until its disk is full.
 */
public final class ForeignSlots {
  private final Move move;
  private final List<Slot> slots;

  public ForeignSlots(Move move, MemberObserved from) {
    List<String> ours = move.cluster().members().stream().map(move.cluster()::slotName).toList();
    this.move = move;
    this.slots =
        from.slots().stream()
            .filter(slot -> slot.plugin().isEmpty() && !ours.contains(slot.name()))
            .toList();
  }

  void check(CheckRows rows) {
    rows.by(
        PreflightRule.PHYSICAL_SLOTS.text(),
        slots.isEmpty(),
        PreflightRule.PHYSICAL_SLOTS.text(),
        move.from().id(),
        slots.isEmpty()
            ? "none"
            : String.join(", ", slots.stream().map(ForeignSlots::inWords).toList()),
        "none but members': they do not move with the primary",
        "make them on "
            + move.to().id()
            + " too (pg_create_physical_replication_slot) and point their consumers there"
            + " afterwards; drop those that are unused");
  }

  private static String inWords(Slot slot) {
    return slot.name() + (slot.active() ? " (in use)" : " (not in use)");
  }

  /** A sentence for the end of the move if there are such slots; otherwise empty. */
  public List<String> left() {
    if (slots.isEmpty()) {
      return List.of();
    }
    String names = String.join(", ", slots.stream().map(Slot::name).toList());
    return List.of(
        String.format(
            "physical slots %s stay on %s and keep WAL there until its disk is full: point their"
                + " consumers at %s, by slots created there, and drop them on %s",
            names, move.from().id(), move.to().id(), move.from().id()));
  }
}
