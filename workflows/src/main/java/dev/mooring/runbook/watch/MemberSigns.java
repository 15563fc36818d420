package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.watch.SiteState.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The steady signs of all sites, by member. */
record MemberSigns(Cluster cluster, List<SiteState> sites) {

  Optional<String> value(Kind kind, Instance member) {
    return sites.stream()
        .filter(site -> site.site().equals(member.site()))
        .flatMap(site -> site.value(kind, member.id()).stream())
        .findFirst();
  }

  boolean is(Kind kind, Instance member, String words) {
    return value(kind, member).filter(words::equals).isPresent();
  }

  boolean has(Sign sign) {
    return sites.stream().anyMatch(site -> site.signs().contains(sign));
  }

  List<Instance> having(Kind kind, String words) {
    return cluster.members().stream().filter(member -> is(kind, member, words)).toList();
  }

  List<Instance> writers() {
    return having(Kind.ROLE, Sign.ACCEPTS_WRITES);
  }

  private boolean isAt(Instance member, Seen seen) {
    return sites.stream()
        .anyMatch(site -> site.site().equals(member.site()) && site.seen() == seen);
  }

  /** The names by which standbys stream from a primary, as far as that is known. */
  List<String> streamingFrom(Instance primary) {
    return about(primary, Sign::streams);
  }

  /** The names by which no standby streams from a primary, as far as that is known. */
  List<String> absentFrom(Instance primary) {
    return about(primary, Sign::absent);
  }

  private List<String> about(Instance primary, UnaryOperator<String> words) {
    return sites.stream()
        .flatMap(site -> site.signs().stream())
        .filter(sign -> sign.kind() == Kind.SENDS_TO && sign.subject().equals(primary.id()))
        .filter(sign -> sign.words().equals(words.apply(sign.about())))
        .map(Sign::about)
        .toList();
  }

  /** Why it does not answer over SQL, by its code; empty if it does, or nothing is known. */
  Optional<String> silence(Instance member) {
    return value(Kind.ROLE, member)
        .filter(role -> !role.equals(Sign.ACCEPTS_WRITES) && !role.equals(Sign.STANDS_BY));
  }

  /** Whether no worker looks at it, or none has yet. */
  boolean isUnseen(Instance member) {
    return !isAt(member, Seen.WATCHED);
  }

  boolean isAnyUnseen() {
    return cluster.members().stream().anyMatch(this::isUnseen);
  }

  /**
   * Whether no member accepts writes: all that are seen report so, or do not answer. If a site is
   * lost with its worker the primary may run there, until a standby that is to stream has stopped.
   */
  boolean isPrimaryDown() {
    List<Instance> members = cluster.members();
    boolean lost = members.stream().anyMatch(one -> isAt(one, Seen.LOST));
    boolean stopped =
        members.stream()
            .anyMatch(
                one ->
                    value(Kind.RECEIVER, one).filter(it -> !it.equals(Sign.STREAMS)).isPresent());
    return !isPrimaryUp() && !isAnyRoleUnknown() && (!lost || stopped);
  }

  /** Whether the role of a member is not known at whose site no worker was lost. */
  boolean isAnyRoleUnknown() {
    return cluster.members().stream()
        .anyMatch(one -> value(Kind.ROLE, one).isEmpty() && !isAt(one, Seen.LOST));
  }

  /** Whether a member accepts writes, or a primary runs that is not seen to. */
  boolean isPrimaryUp() {
    return !writers().isEmpty() || isPrimaryAlive();
  }

  /** Whether a primary runs that is not seen to accept writes. */
  boolean isPrimaryAlive() {
    return cluster.members().stream().anyMatch(one -> runsSilent(one) || streamsFromPrimary(one));
  }

  /** A member that refuses the login runs; so does a postmaster that is no standby by its files. */
  private boolean runsSilent(Instance member) {
    Optional<String> silent = silence(member);
    return silent.isPresent()
        && (silent.filter(OneWriter::isOfOneThatRuns).isPresent()
            || is(Kind.PROCESS, member, Sign.RUNS));
  }

  /** A stream from a standby proves nothing about the primary. */
  private boolean streamsFromPrimary(Instance member) {
    return is(Kind.ROLE, member, Sign.STANDS_BY)
        && is(Kind.RECEIVER, member, Sign.STREAMS)
        && sender(member).filter(from -> is(Kind.ROLE, from, Sign.STANDS_BY)).isEmpty();
  }

  private Optional<Instance> sender(Instance member) {
    Optional<String> sender = value(Kind.SENDER, member);
    return cluster.members().stream()
        .filter(
            one ->
                sender
                    .filter(
                        Sign.sender(cluster.host(one.host()).access().address(), one.port())
                            ::equals)
                    .isPresent())
        .findFirst()
        .or(() -> member(member.upstream()));
  }

  /** The age of LATEST as each site has read it that may publish. */
  List<String> ofLatest() {
    return cluster.publishingSites().stream()
        .flatMap(site -> age(Kind.RESTORE_POINT, site).stream())
        .toList();
  }

  /** The age of the last proof of a site that consumes, as it has read it. */
  Optional<String> ofProof(SiteName site) {
    return age(Kind.PROOF, site);
  }

  private Optional<String> age(Kind kind, SiteName at) {
    return sites.stream()
        .filter(one -> one.site().equals(at))
        .flatMap(one -> one.value(kind, new InstanceId(at.value())).stream())
        .findFirst();
  }

  /** Whether that is a site that consumes, and the age of its proof is not known. */
  boolean isProofUnknown(String site) {
    return cluster.consumers().stream()
        .anyMatch(one -> one.value().equals(site) && ofProof(one).isEmpty());
  }

  /** The instances of DR sites, of which only the processes are read. */
  List<Instance> ofDrSites() {
    return cluster.instances().stream()
        .filter(one -> cluster.consumers().contains(one.site()))
        .toList();
  }

  /** Whether no instance of a DR site may have been opened. */
  boolean isNoDrSiteOpened() {
    return ofDrSites().stream()
        .allMatch(one -> is(Kind.PROCESS, one, Sign.NONE) || is(Kind.PROCESS, one, Sign.STANDS_BY));
  }

  /** Whether the hosts of all members are read. */
  boolean allHostsAnswer() {
    return having(Kind.HOST, Sign.ANSWERS).size() == cluster.members().size() && !isAnyUnseen();
  }

  /** The instance of that id, a member or not. */
  Optional<Instance> instance(String id) {
    return cluster.instances().stream().filter(one -> one.id().value().equals(id)).findFirst();
  }

  /** The member of that id, if there is one. */
  Optional<Instance> member(String id) {
    return cluster.members().stream().filter(one -> one.id().value().equals(id)).findFirst();
  }

  /** Whether any other member is to stream. */
  boolean hasStandbysThatStream(InstanceId writer) {
    return cluster.members().stream()
        .anyMatch(one -> !one.id().equals(writer) && !one.upstream().equals(Instance.ARCHIVE));
  }
}
