package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Upstreams;
import java.util.List;
import java.util.Optional;

/**
 * Why a standby does not stream, as far as its slot shows it.
 *
 * @param words the cause, or empty
 * @param remedy what to type
 */
record ReceiverCause(String words, String remedy) {
  /** The states of a receiver that may have no connection; in all others it has one. */
  private static final List<String> CONNECTS_NOT = List.of("none", "starting");

  /** The cause for a standby whose receiver is in that state. */
  static ReceiverCause of(MemberSigns signs, Instance primary, Instance standby, String receiver) {
    ClusterName cluster = signs.cluster().name();
    Instance upstream = upstream(signs, primary, standby);
    if (receiver.equals(Sign.REPLAYS_FIRST)) {
      return new ReceiverCause("", StreamingRows.leave(standby.id()));
    }
    if (receiver.equals(Sign.SILENT)) {
      return new ReceiverCause(
          "", Commands.status(cluster) + ": check the network to " + upstream.id());
    }
    if (DrivenFromOutside.is(signs.cluster())) {
      return new ReceiverCause("", StreamingRows.readLog(signs.cluster(), standby.id()));
    }
    return ofSlot(signs, primary, standby)
        .or(
            () ->
                signs
                    .value(Kind.SLOT_NAMED, standby)
                    .filter(slot -> CONNECTS_NOT.contains(receiver))
                    .flatMap(slot -> ofConnection(signs, standby, upstream, slot)))
        .orElseGet(() -> new ReceiverCause("", Commands.resilver(cluster, standby.id())));
  }

  /**
   * The cause if its slot is missing, or keeps not all its WAL. By a tag of Patroni's it may be
   * that of another member than the primary.
   */
  static Optional<ReceiverCause> ofSlot(MemberSigns signs, Instance primary, Instance standby) {
    ClusterName cluster = signs.cluster().name();
    Instance upstream = upstream(signs, primary, standby);
    Optional<String> named = signs.value(Kind.SLOT_NAMED, standby).filter(one -> !one.isEmpty());
    Optional<List<String>> slots = slots(signs, upstream);
    if (named.isEmpty() || slots.isEmpty() || DrivenFromOutside.is(signs.cluster())) {
      return Optional.empty();
    }
    String slot = named.get();
    String its = "slot " + slot + " of " + upstream.id();
    String resilver = Commands.resilver(cluster, standby.id());
    if (slots.get().contains(Sign.lost(slot))) {
      return Optional.of(
          new ReceiverCause(
              its + " has lost the WAL that it needs",
              StreamingRows.lostSlot(cluster, standby.id(), Optional.empty())));
    } else if (slots.get().contains(Sign.unused(slot))) {
      return Optional.of(
          new ReceiverCause(
              its + " keeps no WAL, and the WAL that it needs may be removed", resilver));
    } else if (!slots.get().contains(slot) && !slots.get().contains(Sign.used(slot))) {
      return Optional.of(
          new ReceiverCause(
              upstream.id() + " has no slot " + slot, Commands.setUp(cluster) + " creates it"));
    }
    return Optional.empty();
  }

  private static Optional<ReceiverCause> ofConnection(
      MemberSigns signs, Instance standby, Instance upstream, String slot) {
    ClusterName cluster = signs.cluster().name();
    String network = "check the network to " + upstream.id();
    if (slot.isEmpty()) {
      return Optional.of(
          new ReceiverCause(
              "it uses no slot: it may be unable to connect, or WAL that it needs was removed",
              network + "; then " + Commands.resilver(cluster, standby.id())));
    }
    String its = "slot " + slot + " of " + upstream.id();
    return slots(signs, upstream)
        .map(
            all ->
                all.contains(Sign.used(slot))
                    ? new ReceiverCause(
                        its + " is in use: by another receiver, or by its own earlier connection",
                        "find on "
                            + upstream.id()
                            + " who uses it: SELECT * FROM pg_catalog.pg_stat_replication")
                    : new ReceiverCause(
                        its + " keeps its WAL, so it may be unable to connect",
                        network
                            + "; "
                            + Commands.setUp(cluster)
                            + " corrects pg_hba.conf and the password"));
  }

  private static Optional<List<String>> slots(MemberSigns signs, Instance upstream) {
    return signs.value(Kind.SLOTS, upstream).map(slots -> List.of(slots.split(", ")));
  }

  private static Instance upstream(MemberSigns signs, Instance primary, Instance standby) {
    return Upstreams.of(signs.cluster(), primary).of(standby).orElse(primary);
  }
}
