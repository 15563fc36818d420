package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A cluster as its file describes it: resolved, every default filled in, every name that is used
 * defined. Lists are sorted by name, instances by content, site and name.
 *
 * @param name the cluster's name
 * @param kind what kind of database system it is
 * @param digest SHA-256 of the file's meaning (not of its spelling), the same at every site
 */
public record Cluster(
    ClusterName name,
    ClusterKind kind,
    String digest,
    List<Site> sites,
    List<Host> hosts,
    List<Instance> instances,
    Policies policies) {

  public Cluster {
    sites = List.copyOf(sites);
    hosts = List.copyOf(hosts);
    instances = List.copyOf(instances);
  }

  /**
   * The settings of the file beside the topology.
   *
   * @param streaming how standbys stream, for a cluster that streams; one, or none
   * @param patroni how Patroni is read and changed, if it runs the members; one, or none
   * @param notices how people are notified when a run needs a person; one, or none
   * @param approvals who approves, and how; one, or none for any person without a signature
   */
  public record Policies(
      DatabaseAccess database,
      EvidencePolicy evidence,
      PublishPolicy publish,
      ConsumePolicy consume,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<StreamingPolicy> streaming,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<PatroniPolicy> patroni,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<NoticePolicy> notices,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<ApprovalPolicy> approvals) {
    public Policies {
      streaming = List.copyOf(streaming);
      patroni = List.copyOf(patroni);
      notices = List.copyOf(notices);
      approvals = List.copyOf(approvals);
    }
  }

  /**
   * What is to be the same at every site and as long as a run lasts: all but notices, the
   * thresholds of a watch, and the digest.
   */
  public Cluster needed() {
    List<StreamingPolicy> streaming =
        policies.streaming().stream()
            .map(
                all ->
                    new StreamingPolicy(
                        all.replication(),
                        all.switchover(),
                        all.resilver(),
                        all.endpoints(),
                        all.failover(),
                        all.watch().consents()))
            .toList();
    Policies needed =
        new Policies(
            policies.database(),
            policies.evidence(),
            policies.publish(),
            policies.consume(),
            streaming,
            policies.patroni(),
            List.of(),
            policies.approvals());
    return new Cluster(name, kind, "", sites, hosts, instances, needed);
  }

  /** How its standbys stream; empty if none does. */
  public Optional<StreamingPolicy> streaming() {
    return policies.streaming().stream().findFirst();
  }

  /** How Patroni is read and changed; empty if it runs none of the members. */
  public Optional<PatroniPolicy> patroni() {
    return policies.patroni().stream().findFirst();
  }

  /**
   * What servers call a member: its {@link #applicationName}, and its {@link #slotName}. Only by
   * these is it found in what a server answers.
   */
  public List<String> replicationNames(Instance member) {
    return List.of(applicationName(member), slotName(member));
  }

  /** Under which application_name a member streams, which commits wait for. */
  public String applicationName(Instance member) {
    return inPatroni(member)
        .map(PatroniPolicy.Member::name)
        .orElseGet(() -> Instance.replicationName(member.id().value()));
  }

  /** The slot by which a member streams. */
  public String slotName(Instance member) {
    return inPatroni(member)
        .map(PatroniPolicy.Member::slot)
        .orElseGet(() -> Instance.replicationName(member.id().value()));
  }

  private Optional<PatroniPolicy.Member> inPatroni(Instance member) {
    return patroni().flatMap(patroni -> patroni.member(member.id()));
  }

  /** Who approves plans, and how. */
  public ApprovalPolicy approvals() {
    return policies.approvals().stream().findFirst().orElse(ApprovalPolicy.ANY_PERSON);
  }

  /**
   * The members of a cluster that streams, one of which is the primary: the instances of the
   * publishing site and of the sites that follow by streaming. Empty for any other cluster.
   */
  public List<Instance> members() {
    return streaming().isEmpty()
        ? List.of()
        : instances.stream()
            .filter(
                i ->
                    site(i.site()).orElseThrow().follows() == Follows.STREAMING
                        || i.site().equals(policies.publish().site()))
            .toList();
  }

  /**
   * The instances among which the primaries of restore points are: the members of a cluster that
   * streams, else the instances of the publishing site.
   */
  public List<Instance> publishing() {
    return streaming().isEmpty() ? instancesAt(policies.publish().site()) : members();
  }

  /** The sites of {@link #publishing}, the file's publishing site first. */
  public List<SiteName> publishingSites() {
    return Stream.concat(
            Stream.of(policies.publish().site()),
            sites.stream().filter(s -> s.follows() == Follows.STREAMING).map(Site::name))
        .toList();
  }

  /** The sites that are moored at restore points: they neither publish nor stream. */
  public List<SiteName> consumers() {
    List<SiteName> publish = publishingSites();
    return sites.stream().map(Site::name).filter(name -> !publish.contains(name)).toList();
  }

  /** The site of that name; absent names are the caller's to refuse. */
  public Optional<Site> site(SiteName site) {
    return sites.stream().filter(s -> s.name().equals(site)).findFirst();
  }

  /** The host of that name, which the parser proved to be there. */
  public Host host(HostName host) {
    return hosts.stream().filter(h -> h.name().equals(host)).findFirst().orElseThrow();
  }

  /** The instances of one site, by content. */
  public List<Instance> instancesAt(SiteName site) {
    return instances.stream().filter(i -> i.site().equals(site)).toList();
  }

  /** The one of {@link #members} of that name. */
  public Optional<Instance> member(InstanceId id) {
    return members().stream().filter(i -> i.id().equals(id)).findFirst();
  }

  /** The {@link #members} at one site. */
  public List<Instance> membersAt(SiteName site) {
    return members().stream().filter(i -> i.site().equals(site)).toList();
  }

  /** The content ids of one site, sorted. */
  public List<ContentId> contentsAt(SiteName site) {
    return instancesAt(site).stream().map(Instance::content).distinct().sorted().toList();
  }
}
