package dev.mooring.runbook.replication;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.AnswerRows;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.runbook.members.Links;
import dev.mooring.runbook.members.Links.Link;
import dev.mooring.runbook.replication.ObservedStandbys.Connection;
import dev.mooring.runbook.replication.ObservedStandbys.Position;
import dev.mooring.runbook.replication.ObservedStandbys.SenderRow;
import dev.mooring.runbook.replication.ObservedStandbys.SlotRow;
import dev.mooring.runbook.replication.ObservedStandbys.StandbyRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Upstreams;
import java.time.Duration;
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

  private static final String CAUGHT_UP = "caught-up";
  private static final String SLOT = "walsender-slot";

  private final Cluster cluster;
  private final Members members;
  private final Links links;

  ReplicationTable(Cluster cluster, Members members) {
    this.cluster = cluster;
    this.members = members;
    this.links = new Links(cluster, members.seen());
  }

  /**
   * How a standby's wait for the primary's position ended.
   *
   * @param millis how long it took; -1 when it was not reached
   * @param why it was not, or empty
   */
  record Caught(Instance standby, long millis, String why) {}

  /** Whether each standby answers, streams and keeps up, a row for each fact. */
  List<CheckRow> checks(List<Caught> caught) {
    CheckRows rows = new CheckRows(List.of());
    caught.forEach(one -> judge(one, rows));
    return rows.all();
  }

  private void judge(Caught caught, CheckRows rows) {
    Instance standby = caught.standby();
    boolean archive = standby.upstream().equals(Instance.ARCHIVE);
    Optional<Link> link = links.to(standby);
    if (!archive) {
      rows.add(streams(standby, link));
    }
    rows.add(answers(standby, link));
    if (isGone(standby)) {
      return; // it was not waited for
    }
    caughtUp(caught, archive ? "what the primary archived" : "the primary's position", rows);
    if (!archive && link.isPresent()) {
      String slot = link.get().sender().slot();
      rows.wanted(
          !slot.isEmpty(),
          SLOT,
          standby.id(),
          slot.isEmpty() ? "none" : slot,
          "one that keeps the WAL that it needs",
          "set primary_slot_name to " + cluster.slotName(standby) + " there");
    }
  }

  private CheckRow streams(Instance standby, Optional<Link> link) {
    return link.map(one -> StreamingRows.of(cluster, standby.id(), one))
        .or(
            () ->
                members
                    .member(standby.id())
                    .map(itself -> StreamingRows.none(cluster, itself, members.primarySeen())))
        .orElseGet(() -> StreamingRows.none(cluster, standby.id()));
  }

  /** One that streams is up, whatever its own answer. */
  private CheckRow answers(Instance standby, Optional<Link> link) {
    Optional<CheckRow> silent =
        members
            .failure(standby.id())
            .map(why -> AnswerRows.server(cluster, standby.id(), new Observed.Unseen<>(why)));
    return silent
        .map(row -> link.filter(Link::streams).isPresent() ? row.asWarning() : row)
        .orElseGet(() -> AnswerRows.server(cluster, standby.id()));
  }

  private void caughtUp(Caught caught, String to, CheckRows rows) {
    long limit = HEALTHY_WITHIN.toSeconds();
    rows.wanted(
        caught.millis() >= 0,
        CAUGHT_UP,
        caught.standby().id(),
        caught.millis() >= 0
            ? "within " + caught.millis() + " ms"
            : "not within " + limit + " s: " + caught.why(),
        "replays " + to + " within " + limit + " s",
        "check whether its disk, the network, or a query there delays it");
  }

  /** How they stream. */
  ObservedStandbys observed(List<Caught> caught) {
    return new ObservedStandbys(
        members.primary().id(), caught.stream().map(this::row).toList(), slots(), senders());
  }

  private StandbyRow row(Caught caught) {
    Instance standby = caught.standby();
    return new StandbyRow(
        standby.id(),
        Upstreams.of(cluster, members.primary())
            .of(standby)
            .map(upstream -> upstream.id().value())
            .orElse(Instance.ARCHIVE),
        links.to(standby).map(Link::sender).map(Connection::of).orElse(Connection.NONE),
        caught.millis(),
        members
            .member(standby.id())
            .map(MemberObserved::standing)
            .map(Position::of)
            .orElse(Position.UNKNOWN));
  }

  /** True of a standby that does not answer and that has no sender: it replays nothing. */
  boolean isGone(Instance standby) {
    return members.member(standby.id()).isEmpty() && links.to(standby).isEmpty();
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
        .filter(member -> cluster.replicationNames(member).contains(name))
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
