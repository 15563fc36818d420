package dev.mooring.runbook.replication;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.Relaxation;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import java.util.ArrayList;
import java.util.List;

/**
 * How synchronous_standby_names of the primary is to change, by what was observed.
 *
 * @param before as it is
 * @param after as it is to be; synchronous_commit is left
 * @param confirming the standbys that commits wait for then; none if it is relaxed
 * @param hosts the members whose hosts answered, the primary first: they take the record that
 *     commits may wait for no standby
 * @param recorded those of them whose hosts have that record
 * @param unrecorded why too few hosts take it, if the rule is overridden; one, or none
 */
record SynchronousPlan(
    Members members,
    SynchronousNames before,
    SynchronousNames after,
    List<Instance> confirming,
    List<Instance> hosts,
    List<InstanceId> recorded,
    List<String> unrecorded) {
  /** The rule that enough standbys' hosts take the record. */
  static final String UNRECORDED = "unrecorded";

  SynchronousPlan {
    confirming = List.copyOf(confirming);
    hosts = List.copyOf(hosts);
    recorded = List.copyOf(recorded);
    unrecorded = List.copyOf(unrecorded);
  }

  /**
   * Never unless enough standbys of the cluster file stream; if none does, only a request to relax
   * proceeds.
   *
   * @param roles of the members whose hosts answered
   */
  static Verdict<SynchronousPlan> judge(
      Cluster cluster, Members members, List<InstanceRole> roles, ReplicationRequest request) {
    Synchronous wanted = cluster.streaming().orElseThrow().replication().synchronous();
    if (wanted.method() == Synchronous.Method.NONE) {
      return Verdict.never(
          FailureCode.CLUSTER_FILE,
          "replication.synchronous of the cluster file names no standby: synchronous_standby_names"
              + " of "
              + members.primary().id()
              + " is an administrator's, and stays as it is");
    }
    List<Instance> named = SynchronousSeats.of(cluster, members.primary(), namesOf(members));
    List<Instance> streaming =
        named.stream().filter(one -> streams(cluster, members, one)).toList();
    if (streaming.size() >= wanted.number()) {
      return restored(cluster, members, roles, streaming);
    }
    if (!streaming.isEmpty() || !request.relax()) {
      return tooFew(cluster, members, named, streaming);
    }
    return relaxed(cluster, members, roles, request);
  }

  private static String namesOf(Members members) {
    return SynchronousNames.on(members.primarySeen()).names();
  }

  private static boolean streams(Cluster cluster, Members members, Instance standby) {
    return members.primarySeen().senders().stream()
        .anyMatch(
            sender ->
                sender.streams()
                    && sender.application().equalsIgnoreCase(cluster.applicationName(standby)));
  }

  private static Verdict<SynchronousPlan> tooFew(
      Cluster cluster, Members members, List<Instance> named, List<Instance> streaming) {
    int number = cluster.streaming().orElseThrow().replication().synchronous().number();
    return Verdict.never(
        FailureCode.PREFLIGHT,
        String.format(
            "%d of the standbys of replication.synchronous stream from %s (%s), and %d must confirm"
                + " a commit; synchronous_standby_names stays '%s'. HINT: start a standby%s",
            streaming.size(),
            members.primary().id(),
            ids(named),
            number,
            namesOf(members),
            streaming.isEmpty()
                ? String.format(
                    ", or let commits wait for none by `mooring replicate synchronous %s --relax`",
                    cluster.name())
                : ""));
  }

  private static Verdict<SynchronousPlan> restored(
      Cluster cluster, Members members, List<InstanceRole> roles, List<Instance> streaming) {
    SynchronousNames before = SynchronousNames.on(members.primarySeen());
    if (SynchronousCommits.waitForNone(before.commit())) {
      return Verdict.never(
          FailureCode.PREFLIGHT,
          String.format(
              "synchronous_commit of %s is '%s': its commits wait for no standby, whatever"
                  + " synchronous_standby_names is. HINT: `mooring replicate setup %s` sets it",
              members.primary().id(), before.commit(), cluster.name()));
    }
    String names =
        SynchronousNames.of(cluster, members.primary(), before.names(), streaming).names();
    return Verdict.proceed(of(cluster, members, roles, new SynchronousNames(names, ""), streaming));
  }

  private static Verdict<SynchronousPlan> relaxed(
      Cluster cluster, Members members, List<InstanceRole> roles, ReplicationRequest request) {
    MemberObserved primary = members.primarySeen();
    SynchronousNames before = SynchronousNames.on(primary);
    SynchronousStandbyNames now = SynchronousStandbyNames.of(before.names());
    List<String> confirm =
        primary.senders().stream()
            .filter(sender -> sender.streams() && now.has(sender.application()))
            .map(Sender::application)
            .toList();
    if (now.number() > 0 && confirm.size() >= now.number()) {
      return Verdict.never(
          FailureCode.PREFLIGHT,
          String.format(
              "commits of %s wait for '%s', and %s confirms them: there is nothing to relax",
              primary.instance(), before.names(), String.join(", ", confirm)));
    }
    SynchronousPlan plan = of(cluster, members, roles, new SynchronousNames("", ""), List.of());
    List<String> unrecorded = tooFewHosts(cluster, members.primary(), plan.hosts());
    return unrecorded.isEmpty() || request.overrides().contains(UNRECORDED)
        ? Verdict.proceed(plan.unrecorded(unrecorded))
        : Verdict.never(
            FailureCode.PREFLIGHT,
            String.format(
                "%s. To relax all the same, override %s with a reason",
                unrecorded.get(0), UNRECORDED));
  }

  private static SynchronousPlan of(
      Cluster cluster,
      Members members,
      List<InstanceRole> roles,
      SynchronousNames after,
      List<Instance> confirming) {
    List<Instance> hosts = new ArrayList<>(List.of(members.primary()));
    List<InstanceId> recorded = new ArrayList<>();
    for (Instance member : cluster.members()) {
      List<InstanceRole> role =
          roles.stream().filter(one -> one.instance().equals(member.id())).toList();
      if (!role.isEmpty() && !member.equals(members.primary())) {
        hosts.add(member);
      }
      Relaxation.of(members.primary().id(), members.primarySeen().standing().timeline(), role)
          .ifPresent(record -> recorded.add(member.id()));
    }
    return new SynchronousPlan(
        members,
        SynchronousNames.on(members.primarySeen()),
        after,
        confirming,
        hosts,
        recorded,
        List.of());
  }

  private SynchronousPlan unrecorded(List<String> records) {
    return new SynchronousPlan(members, before, after, confirming, hosts, recorded, records);
  }

  /**
   * Why too few hosts take the record; empty if enough do. While the primary and its host are
   * silent, a failover claims nothing unless it reads n - k + 1 of the n standbys of which k must
   * confirm. One of those has the record if the hosts of k of them took it.
   */
  static List<String> tooFewHosts(Cluster cluster, Instance primary, List<Instance> hosts) {
    List<Instance> claimed = SynchronousSeats.possible(cluster, primary);
    List<Instance> silent = claimed.stream().filter(one -> !hosts.contains(one)).toList();
    return claimed.size() - silent.size() >= SynchronousSeats.toRecord(cluster, primary)
        ? List.of()
        : List.of(
            String.format(
                "the host of %s did not answer, and can't record that commits wait for no standby;"
                    + " a later failover may say that no commit is lost",
                ids(silent)));
  }

  /** Whether commits are to wait for no standby. */
  boolean relaxes() {
    return confirming.isEmpty();
  }

  /** Whether the setting changes. */
  boolean sets() {
    return !after.names().equals(before.names());
  }

  /** Rules that are overridden, one sentence each. */
  List<String> overridden() {
    return unrecorded.stream().map(why -> UNRECORDED + ": " + why).toList();
  }

  /** What is changed, one sentence each: what an approval is about. */
  List<String> objects() {
    List<String> objects = new ArrayList<>();
    if (sets()) {
      objects.add(reported());
    }
    if (sets() || (relaxes() && !recorded.containsAll(hosts.stream().map(Instance::id).toList()))) {
      objects.add(record());
    }
    if (!relaxes() && !recorded.isEmpty()) {
      objects.add(
          "no longer recorded on the hosts of "
              + String.join(", ", recorded.stream().map(InstanceId::value).toList())
              + ": commits of "
              + members.primary().id()
              + " may wait for no standby");
    }
    return objects;
  }

  /** What the hosts record before the setting changes. */
  String record() {
    return String.format(
        "recorded on the hosts of %s%s: commits of %s may wait for no standby",
        ids(hosts), relaxes() ? "" : ", until the standbys have all WAL", members.primary().id());
  }

  /** The change of the setting. */
  String reported() {
    return String.format(
        "%s: synchronous_standby_names = '%s', before '%s'",
        members.primary().id(), after.names(), before.names());
  }

  /** Which standbys commits wait for then, and which ones before. */
  String headline() {
    return waits("wait", "before");
  }

  /** The same before anything is done. */
  String planned() {
    return waits("would wait", "now");
  }

  private String waits(String then, String instead) {
    return String.format(
        "commits of %s %s for %s; %s for %s%s",
        members.primary().id(),
        then,
        SynchronousStandbyNames.of(after.names()),
        instead,
        SynchronousStandbyNames.of(before.names()),
        SynchronousCommits.waitForNone(before.commit())
            ? ", and for none while synchronous_commit is " + before.commit()
            : "");
  }

  private static String ids(List<Instance> instances) {
    return String.join(", ", instances.stream().map(one -> one.id().value()).toList());
  }
}
