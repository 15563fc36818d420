package dev.mooring.runbook.status;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.quoting.StandbyList;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.ReplayLimits;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.SettingRows;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.runbook.members.Links;
import dev.mooring.runbook.members.Links.Link;
import dev.mooring.runbook.status.StatusFacts.ObservedMember;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import dev.mooring.watch.SiteLook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges the members of a streaming cluster. Critical: no standby at all, and a slot whose WAL is
 * lost. Warnings: a standby that does not stream, is silent, far behind or paused; a slot that
 * keeps WAL for no consumer; commits that don't wait for the standbys of the cluster file. {@link
 * WritersJudge} judges who accepts writes, {@code CommitsRow} commits that hang.
 *
 * <p>A slot is reported and never dropped: its consumer may come back.
 */
final class MembersJudge {
  /** A connected standby replies every wal_receiver_status_interval, 10 s by default. */
  private static final long SILENT_FROM_SECONDS = 30;

  private static final String SLOT = "slot";
  private static final String NAMES = "synchronous-standby-names";

  private static final String BY_PATRONI =
      "Patroni sets it: see synchronous_mode (`patronictl edit-config`) and the tag nosync, or"
          + " correct replication.synchronous";

  private static final String RESUME =
      "find the cause of the pause, then SELECT pg_catalog.pg_wal_replay_resume() there";

  private static final String START =
      "start the standbys that are down; the server logs of the others say why they don't stream";

  private final StatusFacts facts;
  private final Cluster cluster;
  private final Links links;
  private final List<MemberObserved> seen;

  MembersJudge(StatusFacts facts) {
    this.facts = facts;
    this.cluster = facts.cluster();
    this.seen =
        facts.streaming().members().stream()
            .flatMap(member -> member.seen().seen().stream())
            .toList();
    this.links = new Links(cluster, seen);
  }

  /** The first sentences of the result; empty for a cluster that does not stream. */
  List<String> verdict() {
    if (facts.streaming().members().isEmpty()) {
      return List.of();
    }
    List<InstanceFacts> writers = writers();
    if (writers.size() != 1) {
      return List.of(
          writers.isEmpty()
              ? withoutPrimary()
              : String.format(
                  "%s HAS %d PRIMARIES: %s",
                  cluster.name(),
                  writers.size(),
                  String.join(
                      ", ", writers.stream().map(w -> w.instance().id().value()).toList())));
    }
    InstanceFacts primary = writers.get(0);
    List<Link> streaming = streaming();
    List<String> synchronous =
        streaming.stream()
            .filter(link -> SynchronousCommits.counts(link.sender().sync()))
            .map(link -> link.sender().application())
            .toList();
    return List.of(
        String.format(
            "%s at %s is the primary on timeline %s; %d of %d standbys stream%s",
            primary.instance().id(),
            primary.instance().site(),
            primary.server().seen().orElseThrow().position().timeline(),
            streaming.size(),
            facts.streaming().members().size() - 1,
            streaming.isEmpty()
                ? ""
                : synchronous.isEmpty()
                    ? ", none of them synchronous"
                    : ", synchronous: " + String.join(", ", synchronous)),
        "loss of the primary: " + coveredBy());
  }

  /** A failover promotes no excluded standby unless a person overrides that. */
  private String coveredBy() {
    List<ObservedMember> streaming =
        facts.streaming().members().stream().filter(this::streamsFromPrimary).toList();
    List<InstanceId> excluded = cluster.streaming().orElseThrow().failover().exclude();
    List<String> covering =
        streaming.stream()
            .filter(one -> !excluded.contains(one.instance().id()))
            .map(this::covering)
            .toList();
    return !covering.isEmpty()
        ? "covered by " + String.join(", ", covering)
        : streaming.isEmpty()
            ? "not covered: no standby streams"
            : "not covered: failover.exclude names each standby that streams";
  }

  /**
   * What a standby of another standby has, and one that is not heard of, is not known to be new.
   */
  private boolean streamsFromPrimary(ObservedMember member) {
    return links
        .to(member.instance())
        .filter(Link::streams)
        .filter(link -> !link.from().standing().inRecovery())
        .filter(link -> link.silentSeconds(member.seen().seen()) <= SILENT_FROM_SECONDS)
        .isPresent();
  }

  private String covering(ObservedMember member) {
    String id = member.instance().id().value();
    return links
        .to(member.instance())
        .filter(link -> SynchronousCommits.counts(link.sender().sync()))
        .map(synchronous -> id)
        .orElse(id + " (may lose what it has not received)");
  }

  /** A server that refuses the login may be the primary; if none answers, nothing else is known. */
  private String withoutPrimary() {
    String none = cluster.name() + " has no primary among the members that were read";
    return refusal().map(why -> seen.isEmpty() ? why : none + "; " + why).orElse(none);
  }

  /** The message of the first server that refuses the login. */
  private Optional<String> refusal() {
    for (ObservedMember member : facts.streaming().members()) {
      if (member.seen() instanceof Observed.Unseen<?> unseen
          && unseen.code() == FailureCode.AUTHENTICATION_REFUSED) {
        return Optional.of(unseen.why());
      }
    }
    return Optional.empty();
  }

  private List<InstanceFacts> writers() {
    List<InstanceId> members =
        facts.streaming().members().stream().map(m -> m.instance().id()).toList();
    return facts.instances().stream()
        .filter(one -> members.contains(one.instance().id()) && one.isWritable())
        .toList();
  }

  private List<Link> streaming() {
    return facts.streaming().members().stream()
        .flatMap(member -> links.to(member.instance()).stream())
        .filter(Link::streams)
        .toList();
  }

  List<MemberRow> rows() {
    return facts.streaming().members().stream().map(this::row).toList();
  }

  private MemberRow row(ObservedMember member) {
    Instance instance = member.instance();
    Optional<MemberObserved> here = member.seen().seen();
    Optional<Link> link = links.to(instance);
    Optional<InstanceFacts> facts =
        this.facts.instances().stream().filter(one -> one.instance().equals(instance)).findFirst();
    return new MemberRow(
        instance.id(),
        instance.site(),
        instance.host(),
        here.map(one -> role(one.standing().inRecovery()))
            .or(() -> facts.flatMap(MembersJudge::role))
            .orElse(""),
        here.map(one -> state(one, link, instance))
            .or(() -> facts.map(MembersJudge::state))
            .orElse("unknown"),
        WalPlace.of(facts, here, member.held()),
        new MemberRow.Stream(
            lag(here, link),
            link.map(l -> l.silentSeconds(here))
                .filter(s -> s >= 0)
                .map(String::valueOf)
                .orElse(""),
            link.filter(Link::streams).map(l -> l.sender().sync()).orElse(""),
            link.map(l -> l.sender().slot()).orElse(""),
            upstream(here, instance)));
  }

  private MemberRow.Lag lag(Optional<MemberObserved> here, Optional<Link> link) {
    StreamingPolicy policy = cluster.streaming().orElseThrow();
    return new MemberRow.Lag(
        link.map(l -> l.sender().lagBytes())
            .filter(MembersJudge::isKnown)
            .map(String::valueOf)
            .orElse(""),
        here.filter(member -> member.standing().inRecovery())
            .flatMap(SiteLook::replayLag)
            .map(DurationText::seconds)
            .orElse(""),
        new MemberRow.LagLimits(
            policy.replication().limits().lagBytes(), DurationText.seconds(policy.watch().lag())));
  }

  private String upstream(Optional<MemberObserved> here, Instance instance) {
    if (here.filter(m -> m.standing().inRecovery()).isEmpty()) {
      return "";
    }
    return here.stream()
        .flatMap(m -> m.receivers().stream())
        .findFirst()
        .map(links::upstream)
        .orElse(instance.upstream().equals(Instance.ARCHIVE) ? Instance.ARCHIVE : "");
  }

  private static boolean isKnown(long lagBytes) {
    return lagBytes != Long.MAX_VALUE;
  }

  private static String role(boolean inRecovery) {
    return inRecovery ? "standby" : "primary";
  }

  private static Optional<String> role(InstanceFacts one) {
    return one.server().seen().map(server -> role(server.position().inRecovery()));
  }

  /** Of a member that answers only the instance query, the replication is unknown. */
  private static String state(InstanceFacts one) {
    return one.server().seen().isPresent()
        ? "running"
        : InstanceRows.of(one, Optional.empty()).state();
  }

  private static String state(MemberObserved member, Optional<Link> link, Instance instance) {
    if (!member.standing().inRecovery()) {
      return "running";
    }
    String streams =
        link.map(l -> l.streams() ? "streaming" : l.sender().state())
            .orElseGet(
                () ->
                    instance.upstream().equals(Instance.ARCHIVE)
                        ? "from the archive"
                        : "not streaming");
    return member.standing().replay().paused() ? streams + ", replay paused" : streams;
  }

  List<CheckRow> findings() {
    List<CheckRow> findings = new ArrayList<>();
    Optional<MemberObserved> primary =
        seen.stream().filter(member -> !member.standing().inRecovery()).findFirst();
    boolean alone = primary.isPresent() && streaming().isEmpty();
    if (alone) {
      findings.add(
          CheckRow.wrong(
              "standbys",
              primary.get().instance(),
              "none streams from it: what it commits is on it alone",
              "one streams",
              START));
    }
    none().ifPresent(findings::add);
    primary.flatMap(MembersJudge::readOnly).ifPresent(findings::add);
    primary.ifPresent(writer -> findings.addAll(ofAnotherSystem(writer)));
    for (ObservedMember member : facts.streaming().members()) {
      // its sender also reports a member that does not answer itself
      links.to(member.instance()).ifPresent(link -> behind(member, link, findings));
      member
          .seen()
          .match(
              here -> {
                if (here.standing().inRecovery()) {
                  standby(member.instance(), here, primary, alone, findings);
                }
                slots(here, findings);
                return true;
              },
              unseen ->
                  findings.addAll(
                      primary
                          .filter(writer -> isDown(facts, member.instance()))
                          .map(writer -> List.of(down(member.instance(), writer)))
                          .orElseGet(() -> unseen(member, unseen))));
    }
    primary.map(this::notWaitedFor).ifPresent(findings::addAll);
    return findings;
  }

  private static Optional<CheckRow> readOnly(MemberObserved primary) {
    return Optional.of(SettingRows.writable(primary))
        .filter(row -> row.verdict() != CheckRow.Judged.GOOD);
  }

  /** A member that refuses the login may be the primary. */
  private Optional<CheckRow> none() {
    return writers().isEmpty()
            && !seen.isEmpty()
            && refusal().isEmpty()
            && !WritersJudge.reportsNone(facts)
        ? Optional.of(
            CheckRow.wrong(
                WritersJudge.PRIMARIES,
                "",
                "no member that was read accepts writes",
                "one accepts writes",
                WritersJudge.planFailover(cluster)))
        : Optional.empty();
  }

  private List<CheckRow> ofAnotherSystem(MemberObserved primary) {
    return seen.stream()
        .filter(member -> !member.system().equals(primary.system()))
        .map(
            member ->
                CheckRow.wrong(
                    "system-identifier",
                    member.instance(),
                    member.system().toString(),
                    "that of the primary " + primary.instance() + ", " + primary.system(),
                    FailureCode.IDENTITY_DIFFERS.hint()))
        .toList();
  }

  /** Whether its host shows that it is down while another member accepts writes. */
  static boolean needsResilver(StatusFacts facts, InstanceFacts one) {
    return facts.streaming().members().stream()
            .anyMatch(member -> member.instance().equals(one.instance()))
        && facts.instances().stream().anyMatch(InstanceFacts::isWritable)
        && one.isDown();
  }

  private static boolean isDown(StatusFacts facts, Instance member) {
    return facts.instances().stream()
        .filter(one -> one.instance().equals(member))
        .anyMatch(one -> needsResilver(facts, one));
  }

  /** This includes a fenced old primary: its fence refuses a start. */
  private CheckRow down(Instance member, MemberObserved primary) {
    return CheckRow.warning(
        "server-process",
        member.id(),
        "down: " + primary.instance() + " has a standby less",
        "runs",
        Commands.resilver(cluster.name(), member.id())
            + " starts it, or makes it a standby again and keeps what only it has");
  }

  /** A member that answered the instance query but not this one is in no other finding. */
  private List<CheckRow> unseen(ObservedMember member, Observed.Unseen<MemberObserved> unseen) {
    boolean answers =
        facts.instances().stream()
            .filter(one -> one.instance().equals(member.instance()))
            .anyMatch(one -> one.server().seen().isPresent());
    return answers
        ? List.of(StreamingRows.unseen(member.instance().id(), unseen).asWarning())
        : List.of();
  }

  private void standby(
      Instance instance,
      MemberObserved here,
      Optional<MemberObserved> primary,
      boolean alone,
      List<CheckRow> findings) {
    if (here.standing().replay().paused()) {
      findings.add(
          CheckRow.warning(
              "replay",
              instance.id(),
              "paused",
              "not paused",
              primary.map(one -> ReplayLimits.mend(here, one, RESUME)).orElse(RESUME)));
    }
    if (links.to(instance).isEmpty()
        && !alone
        && primary.isPresent()
        && !instance.upstream().equals(Instance.ARCHIVE)) {
      CheckRow none = StreamingRows.none(cluster, here, primary.get()).asWarning();
      findings.add(
          hasLostSlot(instance)
              ? none.withRemedy(
                  StreamingRows.lostSlot(cluster.name(), instance.id(), member(instance.id())))
              : none);
    }
  }

  private void behind(ObservedMember member, Link link, List<CheckRow> findings) {
    Instance instance = member.instance();
    long lag = link.sender().lagBytes();
    long limit = cluster.streaming().map(p -> p.replication().limits().lagBytes()).orElse(0L);
    if (!link.streams()) {
      findings.add(StreamingRows.of(cluster, instance.id(), link).asWarning());
    } else if (lag > limit) {
      findings.add(
          CheckRow.warning(
              "walsender-lag",
              instance.id(),
              String.format(
                  "%s of %s's WAL not confirmed",
                  isKnown(lag) ? lag + " bytes" : "all", link.from().instance()),
              limit + " bytes at most",
              "check whether its disk or the network delays it"));
    }
    long silent = link.silentSeconds(member.seen().seen());
    if (silent > SILENT_FROM_SECONDS) {
      findings.add(
          CheckRow.warning(
              "walsender-reply",
              instance.id(),
              String.format("last heard of by %s %d s ago", link.from().instance(), silent),
              "heard of within " + SILENT_FROM_SECONDS + " s",
              "check whether it is frozen or cut off; while it is connected, "
                  + link.from().instance()
                  + " waits for it when it stops"));
    }
  }

  private void slots(MemberObserved here, List<CheckRow> findings) {
    for (Slot slot : here.slots()) {
      if (slot.hasLostWal()) {
        findings.add(
            CheckRow.wrong(
                SLOT,
                here.instance() + " " + slot.name(),
                "has lost WAL that it was to keep",
                "keeps it",
                unused(here, slot)));
      } else if (slot.keepsForNobody()) {
        findings.add(
            CheckRow.warning(
                SLOT,
                here.instance() + " " + slot.name(),
                "not in use, and keeps " + slot.keptBytes() + " bytes of WAL",
                "in use",
                unused(here, slot)));
      }
    }
  }

  /**
   * The slot of a member is dropped only if that streams from another one, or is the primary; one
   * that lost WAL also if the member is to stream from another one.
   */
  private String unused(MemberObserved here, Slot slot) {
    Optional<Instance> its =
        cluster.members().stream()
            .filter(member -> cluster.replicationNames(member).contains(slot.name()))
            .findFirst();
    Optional<Link> elsewhere = its.flatMap(links::to).filter(Link::streams);
    if (its.isEmpty() || elsewhere.isPresent()) {
      return elsewhere
              .map(link -> slot.name() + " streams from " + link.from().instance() + ": ")
              .orElse(
                  slot.hasLostWal()
                      ? StreamingRows.LOST_BY_ANOTHER
                      : "bring back its consumer; if none is to come back, ")
          + drop(here, slot)
          + elsewhere
              .filter(link -> link.from().instance().equals(here.instance()))
              .filter(link -> !DrivenFromOutside.is(cluster))
              .map(link -> "; then " + Commands.setUp(cluster.name()))
              .orElse("");
    }
    InstanceId id = its.get().id();
    Optional<MemberObserved> member = member(id);
    if (slot.hasLostWal()) {
      return member.filter(one -> !one.standing().inRecovery()).isPresent()
          ? id + " is no standby: " + drop(here, slot)
          : !isFrom(here, its.get())
              ? id + " is not to stream from there: " + drop(here, slot)
              : StreamingRows.lostSlot(cluster.name(), id, member);
    }
    return member.filter(MemberObserved::replaysFirst).isPresent()
        ? StreamingRows.leave(id)
        : StreamingRows.keepSlot(id);
  }

  private Optional<MemberObserved> member(InstanceId id) {
    return seen.stream().filter(one -> one.instance().equals(id)).findFirst();
  }

  /** What it needs may come from the archive, and then it streams by its slot. */
  private boolean hasLostSlot(Instance standby) {
    return seen.stream()
        .filter(member -> isFrom(member, standby))
        .flatMap(member -> member.slots().stream())
        .anyMatch(slot -> slot.hasLostWal() && slot.name().equals(cluster.slotName(standby)));
  }

  private boolean isFrom(MemberObserved holder, Instance standby) {
    List<Instance> writers =
        seen.stream()
            .filter(member -> !member.standing().inRecovery())
            .flatMap(member -> cluster.member(member.instance()).stream())
            .toList();
    return StreamingRows.maySend(cluster, writers, holder.instance(), standby);
  }

  private static String drop(MemberObserved here, Slot slot) {
    return String.format(
        "a person drops it: SELECT pg_catalog.pg_drop_replication_slot('%s') on %s",
        slot.name(), here.instance());
  }

  /** A setup names the standbys that stream; commits don't wait for one that came back later. */
  private List<CheckRow> notWaitedFor(MemberObserved primary) {
    Synchronous wanted = cluster.streaming().orElseThrow().replication().synchronous();
    if (wanted.method() == Synchronous.Method.NONE) {
      return List.of();
    }
    String names = primary.setting("synchronous_standby_names").orElse("");
    if (names.isEmpty()) {
      return List.of(
          CheckRow.warning(
              NAMES,
              primary.instance(),
              "commits wait for no standby",
              String.format(
                  "they wait for %d of %s, as the cluster file has it",
                  wanted.number(), wanted.instances()),
              DrivenFromOutside.is(cluster)
                  ? BY_PATRONI
                  : "set synchronous_standby_names there, or correct replication.synchronous"));
    }
    Instance writer = cluster.member(primary.instance()).orElseThrow();
    StandbyList list = StandbyList.of(names);
    List<InstanceId> unnamed =
        SynchronousSeats.of(cluster, writer, names).stream()
            .filter(one -> !list.isNamed(cluster.applicationName(one)))
            .filter(one -> links.to(one).filter(Link::streams).isPresent())
            .map(Instance::id)
            .toList();
    return unnamed.isEmpty()
        ? List.of()
        : List.of(
            CheckRow.warning(
                NAMES,
                primary.instance(),
                "commits wait for " + names + ", and not for " + unnamed,
                "for each that the cluster file names and that streams",
                DrivenFromOutside.is(cluster)
                    ? BY_PATRONI
                    : "add it to synchronous_standby_names: " + Commands.setUp(cluster.name())));
  }
}
