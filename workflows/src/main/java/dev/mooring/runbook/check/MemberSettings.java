package dev.mooring.runbook.check;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.SettingRows;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import java.util.List;
import java.util.Optional;

/**
 * The rows of the settings that streaming depends on, for each member: any of them may become the
 * primary. Settings of the row {@code archiving} are not judged here.
 */
final class MemberSettings {
  private static final String DELAY = "max_standby_streaming_delay";

  private final Cluster cluster;
  private final Optional<MemberObserved> primary;
  private final CheckRows rows;

  /**
   * @param primary the member that accepts writes, if there is one
   */
  MemberSettings(Cluster cluster, Optional<MemberObserved> primary, CheckRows rows) {
    this.cluster = cluster;
    this.primary = primary;
    this.rows = rows;
  }

  /** No rows for a host without members. */
  void judge(OnHost on) {
    List<Instance> here =
        cluster.members().stream().filter(on.work().instances()::contains).toList();
    on.sql().replication().ifPresent(look -> judge(here, look));
  }

  private void judge(List<Instance> here, Observed<ReplicationObserved> look) {
    if (look instanceof Observed.Unseen<?> unseen) {
      here.forEach(member -> rows.add(unread(member.id(), unseen)));
    }
    look.seen().ifPresent(seen -> here.forEach(member -> settings(member, seen)));
  }

  private void settings(Instance member, ReplicationObserved seen) {
    seen.members().stream()
        .filter(one -> one.instance().equals(member.id()))
        .forEach(one -> settings(member, one));
    seen.failures().stream()
        .filter(failure -> failure.instance().equals(member.id()))
        .forEach(this::unread);
  }

  private void unread(InstanceFailure failure) {
    rows.add(unread(failure.instance(), new Observed.Unseen<>(failure)));
  }

  private static CheckRow unread(InstanceId member, Observed.Unseen<?> unseen) {
    return CheckRow.unseen("replication-settings", member, unseen, "readable over SQL");
  }

  private void settings(Instance member, MemberObserved seen) {
    List<String> standbys =
        Upstreams.of(cluster, member).from(member).stream().map(cluster::slotName).toList();
    rows.add(SettingRows.senders(seen, standbys));
    rows.add(SettingRows.slots(seen, standbys));
    rows.add(SettingRows.listens(seen, cluster.host(member.host()).access().address()));
    rows.add(SettingRows.writable(seen));
    durable(seen);
    rewindable(seen);
    timeout(seen, "wal_sender_timeout", "a standby that is gone");
    timeout(seen, "wal_receiver_timeout", "a primary that is gone");
    reports(seen);
    delay(seen);
    rows.add(SettingRows.readable(seen));
    eitherWay(seen);
    like(seen);
  }

  private static String value(MemberObserved seen, String setting) {
    return seen.setting(setting).orElse("not read");
  }

  private static String id(String setting) {
    return setting.replace('_', '-');
  }

  /** It stops no run: the risk concerns what was committed before. */
  private void durable(MemberObserved seen) {
    String value = value(seen, "fsync");
    rows.wanted(
        value.equals("on"),
        "fsync",
        seen.instance(),
        value,
        "on",
        "set it on and reload: without it a crash of the host loses or damages committed data");
  }

  private void rewindable(MemberObserved seen) {
    boolean holds = SettingRows.isRewindable(seen, seen);
    rows.wanted(
        holds,
        "rewind-later",
        seen.instance(),
        holds ? "pg_rewind is possible" : "pg_rewind is not possible",
        SettingRows.REWINDABLE,
        SettingRows.MAKE_REWINDABLE);
  }

  private void timeout(MemberObserved seen, String setting, String unnoticed) {
    String value = value(seen, setting);
    boolean off = value.equals("0");
    rows.wanted(
        !off && !isUnderTenSeconds(value) && seen.setting(setting).isPresent(),
        id(setting),
        seen.instance(),
        off ? "0, off" : value,
        "10s or more",
        off
            ? "set it to 60s and reload: with 0 " + unnoticed + " is not noticed"
            : "set it to 60s and reload: a short fault of the network ends the connection");
  }

  /** A server prints a time in the largest unit that divides it, so under 10 s in s or ms. */
  private static boolean isUnderTenSeconds(String value) {
    return value.matches("[0-9]s|[0-9]{1,4}ms");
  }

  private void reports(MemberObserved seen) {
    String setting = "wal_receiver_status_interval";
    String value = value(seen, setting);
    rows.wanted(
        !value.equals("0"),
        id(setting),
        seen.instance(),
        value,
        "more than 0",
        "set it to 10s and reload: with 0 the primary does not know how far this standby is");
  }

  private void delay(MemberObserved seen) {
    String value = value(seen, DELAY);
    rows.wanted(
        !value.equals("-1"),
        id(DELAY),
        seen.instance(),
        value,
        "not -1",
        "set it to 30s and reload: with -1 one query on a standby delays replay without limit");
  }

  /** Settings that are right either way, depending on what uses the server. */
  private void eitherWay(MemberObserved seen) {
    note(
        seen,
        "restart_after_crash",
        "off if Pacemaker starts and stops this server, which else competes with the restart");
    note(seen, "hot_standby_feedback", "on if replay cancels queries on standbys");
    note(seen, "recovery_min_apply_delay", "0 on a standby that a switchover promotes");
  }

  private void note(MemberObserved seen, String setting, String limit) {
    rows.good(id(setting), seen.instance(), value(seen, setting), limit);
  }

  private void like(MemberObserved seen) {
    if (primary.isEmpty() || primary.get().instance().equals(seen.instance())) {
      return;
    }
    MemberObserved its = primary.get();
    List<String> differences =
        ReplicationActivities.OF_A_PRIMARY.stream()
            .filter(name -> !value(seen, name).equals(value(its, name)))
            .map(name -> name + " " + value(seen, name) + ", not " + value(its, name))
            .toList();
    rows.wanted(
        differences.isEmpty(),
        "settings-as-primary",
        seen.instance(),
        differences.isEmpty() ? "the same" : String.join("; ", differences),
        String.join(", ", ReplicationActivities.OF_A_PRIMARY) + " as on " + its.instance(),
        "set the same on both, or the cluster changes them with its primary");
  }
}
