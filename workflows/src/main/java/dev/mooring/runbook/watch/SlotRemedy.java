package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.Optional;
import java.util.function.Function;

/** What to do about a replication slot. */
record SlotRemedy(MemberSigns signs) {
  /** A member that far behind is resilvered; another receiver is not Mooring's to judge. */
  String large(String slot) {
    return ofMember(slot, member -> Commands.resilver(signs.cluster().name(), member))
        .orElseGet(() -> "start what reads it, or " + dropped(slot));
  }

  String unused(String slot) {
    return ofMember(slot, StreamingRows::keepSlot)
        .orElseGet(() -> "start its standby, or " + dropped(slot));
  }

  /**
   * Only the slot goes if its member streams, and one that is the primary needs none; nor does one
   * that is to stream from another member than the holder.
   */
  String lost(InstanceId holder, String slot) {
    return member(slot)
        .map(one -> lost(holder, slot, one))
        .orElseGet(() -> StreamingRows.LOST_BY_ANOTHER + dropped(slot));
  }

  private String lost(InstanceId holder, String slot, Instance member) {
    if (signs.is(Kind.ROLE, member, Sign.ACCEPTS_WRITES)) {
      return dropped(slot);
    }
    Cluster cluster = signs.cluster();
    boolean streams = signs.is(Kind.RECEIVER, member, Sign.STREAMS);
    if (!StreamingRows.maySend(cluster, signs.writers(), holder, member)) {
      return dropped(slot);
    }
    return streams
        ? dropped(slot)
            + (DrivenFromOutside.is(cluster) ? "" : "; then " + Commands.setUp(cluster.name()))
        : StreamingRows.lostSlot(cluster.name(), member.id(), Optional.empty());
  }

  /** Nothing as long as the member uses it by itself. */
  private Optional<String> ofMember(String slot, Function<InstanceId, String> otherwise) {
    return member(slot)
        .map(
            member ->
                signs.is(Kind.RECEIVER, member, Sign.REPLAYS_FIRST)
                    ? StreamingRows.leave(member.id())
                    : otherwise.apply(member.id()));
  }

  private Optional<Instance> member(String slot) {
    return signs.cluster().members().stream()
        .filter(member -> signs.cluster().replicationNames(member).contains(slot))
        .findFirst();
  }

  private static String dropped(String slot) {
    return "drop the slot: SELECT pg_catalog.pg_drop_replication_slot('" + slot + "')";
  }
}
