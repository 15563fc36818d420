package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Upstreams;
import java.util.List;
import java.util.Optional;

/**
 * Why a standby on the primary's timeline does not stream, as far as its slot shows it.
 *
 * @param words the cause, or empty
 * @param remedy what to type
 */
record ReceiverCause(String words, String remedy) {

  /** The cause for a standby whose receiver is in that state. */
  static ReceiverCause of(MemberSigns signs, Instance primary, Instance standby, String receiver) {
    ClusterName cluster = signs.cluster().name();
    Instance upstream = Upstreams.of(signs.cluster(), primary).of(standby).orElse(primary);
    if (receiver.equals(Sign.SILENT)) {
      return new ReceiverCause(
          "", Commands.status(cluster) + ": check the network to " + upstream.id());
    }
    Optional<String> slot = signs.value(Kind.SLOT_NAMED, standby);
    return slot.flatMap(
            named ->
                signs
                    .value(Kind.SLOTS, upstream)
                    .map(
                        slots -> of(cluster, standby, upstream, named, List.of(slots.split(", ")))))
        .orElseGet(() -> new ReceiverCause("", Commands.resilver(cluster, standby.id())));
  }

  private static ReceiverCause of(
      ClusterName cluster, Instance standby, Instance upstream, String slot, List<String> slots) {
    String its = "slot " + slot + " of " + upstream.id();
    String resilver = Commands.resilver(cluster, standby.id());
    if (slot.isEmpty()) {
      return new ReceiverCause(
          "it uses no slot, and the WAL that it needs may be removed", resilver);
    } else if (slots.contains(Sign.lost(slot))) {
      return new ReceiverCause(its + " has lost the WAL that it needs", resilver);
    } else if (slots.contains(Sign.unused(slot))) {
      return new ReceiverCause(
          its + " keeps no WAL, and the WAL that it needs may be removed", resilver);
    } else if (!slots.contains(slot)) {
      return new ReceiverCause(
          upstream.id() + " has no slot " + slot, Commands.setUp(cluster) + " creates it");
    }
    return new ReceiverCause(
        its + " keeps its WAL, so it may be unable to connect",
        "check the network to "
            + upstream.id()
            + "; "
            + Commands.setUp(cluster)
            + " corrects pg_hba.conf and the password");
  }
}
