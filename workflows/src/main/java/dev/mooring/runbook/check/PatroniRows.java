package dev.mooring.runbook.check;

import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.Fact;
import dev.mooring.port.PatroniActivities.Failsafe;
import dev.mooring.port.PatroniActivities.ListedMember;
import dev.mooring.port.PatroniActivities.LockTimes;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniObserved;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.PatroniActivities.Role;
import dev.mooring.port.PatroniActivities.Synchronous;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.PatroniAnswers;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy.Synchronous.Method;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Whether Patroni, if it manages the members, promotes only members that it should, and is set so
 * that an old leader stops before a new one begins.
 */
final class PatroniRows {
  private static final String PATRONI = PatroniAnswers.PATRONI;
  private static final String MEMBER = "patroni";
  private static final String EDIT = "`patronictl edit-config` on one of the members' hosts";

  private final Cluster cluster;
  private final CheckRows rows;
  private final List<CheckRow> split;

  /**
   * @param split takes the row that two members accept writes
   */
  PatroniRows(Cluster cluster, CheckRows rows, List<CheckRow> split) {
    this.cluster = cluster;
    this.rows = rows;
    this.split = split;
  }

  void judge(Observed<PatroniObserved> observed) {
    observed.seen().ifPresent(seen -> seen.members().forEach(this::member));
    PatroniAnswers.of(cluster, observed).forEach(rows::add);
    observed.seen().ifPresent(this::seen);
  }

  private void seen(PatroniObserved seen) {
    leader(seen);
    seen.cluster()
        .forEach(
            known -> {
              listed(known.members());
              settings(known.settings());
            });
    promotable(seen);
  }

  private void member(MemberSeen member) {
    boolean runs = ObservedPatroni.runs(member);
    if (runs && member.has(Fact.PENDING_RESTART)) {
      rows.warning(
          MEMBER,
          member.instance(),
          member.state() + ", and settings wait for a restart",
          "runs with the settings it has",
          "`patronictl restart` with its name");
    } else {
      rows.must(
          runs,
          MEMBER,
          member.instance(),
          "'%s', version %s".formatted(member.state(), member.version()),
          "'running' or 'streaming'",
          "read the log of Patroni on its host");
    }
  }

  /** By the members' own reports, for which Patroni asked the servers, and by the store. */
  private void leader(PatroniObserved seen) {
    List<InstanceId> leaders = seen.leaders();
    List<InstanceId> lock = patroni(seen).lock().stream().toList();
    boolean agree = seen.cluster().isEmpty() || lock.equals(leaders);
    boolean two = patroni(seen).writers().size() > 1;
    CheckRow row =
        CheckRow.must(
            leaders.size() == 1 && agree,
            "leader",
            PATRONI,
            "%s by their own word%s"
                .formatted(
                    named(leaders),
                    seen.cluster().isEmpty() ? "" : ", " + named(lock) + " by the lock"),
            "one, which has the lock",
            two ? OneWriter.END : "`patronictl list`; read the logs of Patroni");
    if (two) {
      split.add(row);
    } else {
      rows.add(row);
    }
  }

  private ObservedPatroni patroni(PatroniObserved seen) {
    return new ObservedPatroni(cluster.patroni().orElseThrow(), seen);
  }

  private static String named(List<InstanceId> instances) {
    return instances.isEmpty()
        ? "no member"
        : instances.stream().map(InstanceId::value).collect(Collectors.joining(" and "));
  }

  private void listed(List<ListedMember> members) {
    List<String> unknown =
        members.stream().filter(m -> m.instance().isEmpty()).map(ListedMember::name).toList();
    rows.must(
        unknown.isEmpty(),
        "members",
        PATRONI,
        unknown.isEmpty()
            ? members.size() + ", each in the cluster file"
            : String.join(", ", unknown) + " not in the cluster file",
        "the cluster file has each member that may become the leader",
        FailureCode.TOPOLOGY_DIFFERS.hint());
  }

  private void settings(PatroniSettings settings) {
    lock(settings.times());
    if (settings.paused()) {
      rows.warning(
          "pause",
          PATRONI,
          "paused: it promotes no standby",
          "not paused",
          "`patronictl resume`, once the reason for the pause is gone");
    }
    failsafe(settings);
    lag(settings);
    synchronous(settings);
  }

  /** A leader has this time to notice that it can't renew its lock, and to stop. */
  private void lock(LockTimes times) {
    rows.must(
        times.letsAnOldLeaderStop(),
        "leader-lock",
        PATRONI,
        "ttl %d s, loop_wait %d s, retry_timeout %d s"
            .formatted(
                times.ttl().toSeconds(),
                times.loopWait().toSeconds(),
                times.retryTimeout().toSeconds()),
        "ttl at least loop_wait + 2 * retry_timeout, %d s".formatted(times.needed().toSeconds()),
        "raise ttl by " + EDIT + ": an old leader may still write when a new one begins");
  }

  private void failsafe(PatroniSettings settings) {
    String id = "failsafe-mode";
    String limit =
        "on: without the store the leader stays the leader while it reaches every member";
    if (settings.failsafe() == Failsafe.ON) {
      rows.good(id, PATRONI, "on", limit);
    } else {
      rows.warning(
          id,
          PATRONI,
          "off: no member accepts writes while the store does not answer",
          limit,
          "set failsafe_mode: true by " + EDIT);
    }
  }

  private void lag(PatroniSettings settings) {
    long limit = cluster.streaming().orElseThrow().replication().limits().lagBytes();
    String id = "maximum-lag-on-failover";
    if (settings.maximumLagBytes() <= limit) {
      rows.good(
          id,
          PATRONI,
          settings.maximumLagBytes() + " bytes",
          limit + " bytes at most (replication.maxLagBytes)");
    } else {
      rows.warning(
          id,
          PATRONI,
          settings.maximumLagBytes() + " bytes may be lost by its own failover",
          limit + " bytes at most (replication.maxLagBytes)",
          "lower it by " + EDIT);
    }
  }

  private void synchronous(PatroniSettings settings) {
    Method wanted = cluster.streaming().orElseThrow().replication().synchronous().method();
    boolean waits = settings.synchronous() != Synchronous.OFF;
    String id = "synchronous-mode";
    String seen = settings.synchronous().toString().toLowerCase(Locale.ROOT);
    if (waits == (wanted != Method.NONE)) {
      rows.good(
          id,
          PATRONI,
          waits ? seen : "off: its own failover may lose commits that no standby has",
          "as replication.synchronous has it");
    } else {
      rows.wrong(
          id,
          PATRONI,
          seen,
          waits
              ? "off, as replication.synchronous names no standby that commits wait for"
              : "on, as replication.synchronous names standbys that commits wait for",
          "correct replication.synchronous in the cluster file, or synchronous_mode by " + EDIT);
    }
  }

  /** At least one member beside the leader must be allowed to be promoted. */
  private void promotable(PatroniObserved seen) {
    List<String> may =
        seen.members().stream()
            .filter(m -> m.role() == Role.REPLICA && !m.has(Fact.NO_FAILOVER))
            .map(m -> m.instance().value())
            .toList();
    String tagged =
        seen.members().stream()
            .filter(m -> tags(m).length() > 0)
            .map(m -> m.instance() + " " + tags(m))
            .collect(Collectors.joining("; "));
    rows.must(
        !may.isEmpty(),
        "tags",
        PATRONI,
        (may.isEmpty() ? "no standby may be promoted" : String.join(", ", may) + " may be promoted")
            + (tagged.isEmpty() ? "" : "; tagged: " + tagged),
        "a standby without the tag nofailover",
        "start a standby, or take nofailover out of its Patroni's configuration");
  }

  private static String tags(MemberSeen member) {
    return member.facts().stream()
        .filter(
            fact ->
                fact == Fact.NO_FAILOVER
                    || fact == Fact.CLONE_FROM
                    || fact == Fact.NO_SYNC
                    || fact == Fact.NO_LOAD_BALANCE)
        .map(fact -> fact.name().toLowerCase(Locale.ROOT).replace("_", ""))
        .collect(Collectors.joining(", "));
  }
}
