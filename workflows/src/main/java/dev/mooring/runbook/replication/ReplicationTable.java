package dev.mooring.runbook.replication;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.runbook.replication.ReplicationResult.Health;
import dev.mooring.runbook.replication.ReplicationResult.SenderRow;
import dev.mooring.runbook.replication.ReplicationResult.SlotRow;
import dev.mooring.runbook.replication.ReplicationResult.StandbyRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Upstreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How every standby streams, as rows: a pure function of what the members answered and of how long
 * each took to replay where the primary stood. No clock of one host is held against another's, and
 * an idle primary's standby is not behind.
 */
final class ReplicationTable {
  /** A standby that needs longer to replay where the primary stood is too far behind. */
  static final Duration HEALTHY_WITHIN = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final Members members;

  ReplicationTable(Cluster cluster, Members members) {
    this.cluster = cluster;
    this.members = members;
  }

  /**
   * How a standby's wait for the primary's position ended.
   *
   * @param millis how long it took; -1 when it was not reached
   * @param why it was not, or empty
   */
  record Caught(Instance standby, long millis, String why) {}

  /** What is shown of it. */
  record Shown(List<StandbyRow> standbys, List<SlotRow> slots, List<SenderRow> senders) {
    /** If its state was not asked for. */
    static final Shown NOTHING = new Shown(List.of(), List.of(), List.of());

    Shown {
      standbys = List.copyOf(standbys);
      slots = List.copyOf(slots);
      senders = List.copyOf(senders);
    }
  }

  Shown shown(List<StandbyRow> standbys) {
    return new Shown(standbys, slots(), senders());
  }

  List<StandbyRow> rows(List<Caught> caught) {
    List<StandbyRow> rows = new ArrayList<>();
    caught.forEach(one -> rows.add(row(one)));
    return rows;
  }

  private StandbyRow row(Caught caught) {
    Instance standby = caught.standby();
    Optional<Sender> sender = sender(standby);
    Optional<MemberObserved> itself = members.member(standby.id());
    String why = why(caught, sender);
    return new StandbyRow(
        standby.id(),
        health(caught, sender, why),
        Upstreams.of(cluster, members.primary())
            .of(standby)
            .map(upstream -> upstream.id().value())
            .orElse(Instance.ARCHIVE),
        sender.map(Sender::address).orElse(""),
        sender.map(Sender::state).orElse(""),
        sender.map(Sender::sync).orElse(""),
        sender.map(Sender::lagBytes).orElse(-1L),
        caught.millis(),
        sender.map(Sender::slot).orElse(""),
        itself.map(member -> member.standing().received().toString()).orElse(""),
        itself.map(member -> member.standing().replayed().toString()).orElse(""),
        why,
        itself.map(member -> member.standing().replay().lastTransaction()).orElse(""));
  }

  private Health health(Caught caught, Optional<Sender> sender, String why) {
    boolean streams = sender.filter(s -> s.state().equals("streaming")).isPresent();
    boolean archive = caught.standby().upstream().equals(Instance.ARCHIVE);
    if (!streams && !(archive && members.member(caught.standby().id()).isPresent())) {
      return Health.DOWN;
    }
    return why.isEmpty() ? Health.HEALTHY : Health.HIGH;
  }

  private String why(Caught caught, Optional<Sender> sender) {
    String silence = members.silence(caught.standby().id());
    boolean archive = caught.standby().upstream().equals(Instance.ARCHIVE);
    if (sender.isEmpty() && !archive) {
      return "no server sends WAL to it" + (silence.isEmpty() ? "" : "; " + silence);
    }
    if (isGone(caught.standby())) {
      return "it does not answer: " + caught.why();
    }
    if (caught.millis() < 0) {
      return String.format(
          "it did not replay %s within %d s: %s",
          archive ? "what the primary archived" : "where the primary stood",
          HEALTHY_WITHIN.toSeconds(),
          caught.why());
    }
    String slot = sender.map(Sender::slot).orElse("");
    if (slot.isEmpty() && !archive) {
      return "it streams without a slot: WAL that it still needs may be removed;"
          + " set primary_slot_name to "
          + caught.standby().replicationName();
    }
    return silence;
  }

  /** True of a standby that does not answer and that has no sender: it replays nothing. */
  boolean isGone(Instance standby) {
    return members.member(standby.id()).isEmpty() && sender(standby).isEmpty();
  }

  /** Its sender, the primary or a standby above it. */
  private Optional<Sender> sender(Instance standby) {
    String name = standby.replicationName();
    return members.seen().stream()
        .flatMap(member -> member.senders().stream())
        .filter(s -> s.application().equals(name) || s.slot().equals(name))
        .min(Comparator.comparing(s -> !s.state().equals("streaming")));
  }

  /** Everybody who streams from a member, also who is none: the primary's first. */
  private List<SenderRow> senders() {
    return members.seen().stream()
        .sorted(Comparator.comparing(member -> !member.instance().equals(members.primary().id())))
        .flatMap(member -> member.senders().stream().map(sender -> row(member, sender)))
        .toList();
  }

  private SenderRow row(MemberObserved member, Sender sender) {
    String byName = memberNamed(sender.application());
    return new SenderRow(
        member.instance(),
        byName.isEmpty() ? memberNamed(sender.slot()) : byName,
        sender.application(),
        sender.address(),
        sender.state(),
        sender.sync(),
        sender.positions());
  }

  /** The member that has that name in replication, or empty. */
  private String memberNamed(String name) {
    return cluster.members().stream()
        .filter(member -> member.replicationName().equals(name))
        .findFirst()
        .map(member -> member.id().value())
        .orElse("");
  }

  /** The primary's slots. */
  private List<SlotRow> slots() {
    return members.primarySeen().slots().stream().map(this::slot).toList();
  }

  private SlotRow slot(Slot slot) {
    return new SlotRow(
        slot.name(),
        memberNamed(slot.name()),
        slot.active(),
        slot.keptBytes(),
        slot.walStatus(),
        slot.plugin());
  }

  static Health worst(List<StandbyRow> rows) {
    return rows.stream()
        .map(StandbyRow::health)
        .max(Comparator.naturalOrder())
        .orElse(Health.HEALTHY);
  }

  /** Slots that keep WAL for no standby, one sentence each. */
  static List<String> unused(List<SlotRow> slots) {
    return slots.stream()
        .filter(slot -> !slot.active() && slot.plugin().isEmpty())
        .map(
            slot ->
                String.format(
                    "slot %s is not in use and keeps %d bytes of WAL%s",
                    slot.name(),
                    slot.keptBytes(),
                    slot.of().isEmpty() ? ", for no member of the cluster file" : ""))
        .toList();
  }
}
