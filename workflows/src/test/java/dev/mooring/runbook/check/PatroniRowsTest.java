package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakePatroni;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.AskPatroni;
import dev.mooring.port.PatroniActivities.Fact;
import dev.mooring.port.PatroniActivities.Failsafe;
import dev.mooring.port.PatroniActivities.LockTimes;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.PatroniActivities.Synchronous;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.PatroniHooks.RoleReported;
import dev.mooring.port.PatroniWatchdog;
import dev.mooring.port.PatroniWatchdog.Device;
import dev.mooring.port.PatroniWatchdog.Mode;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.Cluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a check says of Patroni, row by row. */
class PatroniRowsTest {
  private final Cluster strait = Strait.byPatroni();
  private final FakePatroni patroni = new FakePatroni(strait.patroni().orElseThrow());

  private List<CheckRow> judged() {
    CheckRows rows = new CheckRows(List.of());
    new PatroniRows(strait, rows, new ArrayList<>())
        .judge(
            new Observed.Seen<>(
                patroni.observePatroni(
                    new AskPatroni(
                        new Call(strait.name(), "run", "LOOK", 0, Epoch.NONE), patroni.policy()))));
    return rows.all();
  }

  private CheckRow row(String id) {
    return row(id, "Patroni");
  }

  private CheckRow row(String id, String subject) {
    return of(judged(), id, subject);
  }

  private void settings(int ttl, long lag, Synchronous synchronous, Failsafe failsafe) {
    patroni.settings(
        new PatroniSettings(
            new LockTimes(Duration.ofSeconds(ttl), Duration.ofSeconds(10), Duration.ofSeconds(10)),
            lag,
            synchronous,
            failsafe,
            false));
  }

  @Test
  void as_it_is_packaged_nothing_is_wrong_and_one_thing_is_to_be_known() {
    assertThat(judged()).noneMatch(row -> row.verdict() == Judged.WRONG);
    assertThat(judged())
        .filteredOn(row -> row.verdict() == Judged.WARNING)
        .extracting(CheckRow::title)
        .containsExactly("Patroni failsafe-mode");
    assertThat(judged()).allMatch(row -> row.remedy().isEmpty() == (row.verdict() == Judged.GOOD));
  }

  @Test
  void a_lock_that_runs_out_before_an_old_leader_has_stopped_is_wrong() {
    settings(30, 0, Synchronous.OFF, Failsafe.ON);
    assertThat(row("leader-lock").verdict()).isEqualTo(Judged.GOOD);
    assertThat(row("failsafe-mode").verdict()).isEqualTo(Judged.GOOD);
    settings(29, 0, Synchronous.OFF, Failsafe.ON);
    assertThat(row("leader-lock").verdict()).isEqualTo(Judged.WRONG);
    assertThat(row("leader-lock").limit()).contains("30 s");
  }

  @Test
  void a_loss_that_is_larger_than_the_cluster_file_allows_is_told() {
    settings(30, 16 << 20, Synchronous.OFF, Failsafe.ON);
    assertThat(row("maximum-lag-on-failover").verdict()).isEqualTo(Judged.GOOD);
    settings(30, (16 << 20) + 1, Synchronous.OFF, Failsafe.ON);
    assertThat(row("maximum-lag-on-failover").verdict()).isEqualTo(Judged.WARNING);
  }

  @Test
  void commits_that_wait_where_the_cluster_file_has_nobody_are_wrong() {
    settings(30, 0, Synchronous.STRICT, Failsafe.ON);
    assertThat(row("synchronous-mode").verdict()).isEqualTo(Judged.WRONG);
    assertThat(row("synchronous-mode").seen()).isEqualTo("strict");
  }

  @Test
  void where_nobody_may_be_promoted_it_is_wrong_and_one_that_may_is_enough() {
    patroni.tagged("east-1", Fact.NO_FAILOVER, Fact.CLONE_FROM);
    assertThat(row("tags").verdict()).isEqualTo(Judged.GOOD);
    assertThat(row("tags").seen())
        .isEqualTo("west-0 may be promoted; tagged: east-1 nofailover, clonefrom");
    patroni.tagged("west-0", Fact.NO_FAILOVER);
    assertThat(row("tags").verdict()).isEqualTo(Judged.WRONG);
  }

  @Test
  void a_pause_and_settings_that_wait_for_a_restart_are_told() {
    patroni.settings(
        new PatroniSettings(
            new LockTimes(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10)),
            0,
            Synchronous.OFF,
            Failsafe.ON,
            true));
    patroni.tagged("west-0", Fact.PENDING_RESTART);
    assertThat(row("pause").verdict()).isEqualTo(Judged.WARNING);
    assertThat(row("patroni", "west-0").verdict()).isEqualTo(Judged.WARNING);
  }

  @Test
  void who_is_silent_and_a_store_that_is_are_wrong_and_nothing_is_said_of_what_it_holds() {
    patroni.stop("west-0");
    patroni.storeAway(true);
    assertThat(row("patroni", "west-0").seen()).startsWith("UNKNOWN: ");
    assertThat(row("dcs").verdict()).isEqualTo(Judged.WRONG);
    assertThat(row("leader").verdict()).isEqualTo(Judged.WRONG);
    assertThat(judged()).noneMatch(row -> row.id().equals("leader-lock"));
  }

  @Test
  void of_a_patroni_that_nobody_could_ask_nothing_is_good() {
    CheckRows rows = new CheckRows(List.of());
    new PatroniRows(strait, rows, new ArrayList<>())
        .judge(new Observed.Unseen<>(FailureCode.NO_WORKER, "the worker took nothing"));
    assertThat(rows.all()).hasSize(1).allMatch(row -> row.verdict() == Judged.WRONG);
  }

  /** By the hosts, since Patroni's REST API tells nothing of a member's own configuration. */
  @Test
  void what_patroni_does_not_call_on_a_host_is_told_with_what_puts_it_there() {
    try (TestBed bed = new TestBed(new FakeCluster(strait), ClusterCheckImpl.class)) {
      List<String> all = List.of("pre_promote", "on_start", "on_stop", "on_role_change");
      RoleReported last =
          new RoleReported(Instant.EPOCH, "on_role_change", "master", new TimelineId(2));
      bed.patroni()
          .calls("east-0", new PatroniHooks(true, "/p.yml", all, List.of(last), List.of()));
      bed.patroni().calls("east-1", new PatroniHooks(false, "/p.yml", all, List.of(), List.of()));
      bed.patroni()
          .calls("west-0", new PatroniHooks(false, "/p.yml", List.of(), List.of(), List.of()));
      bed.patroni().authoritySays("west-0", "none");
      List<CheckRow> rows = bed.check(Typed.json("{'cluster':'strait'}")).rows();
      assertThat(of(rows, "pre-promote", "east-0").verdict()).isEqualTo(Judged.GOOD);
      assertThat(of(rows, "callbacks", "east-0").seen())
          .isEqualTo(
              "calls mooring-patroni, last at 1970-01-01T00:00:00Z: on_role_change master on"
                  + " timeline 2");
      assertThat(of(rows, "pre-promote", "east-1").verdict()).isEqualTo(Judged.WRONG);
      assertThat(of(rows, "pre-promote", "west-0").verdict()).isEqualTo(Judged.WARNING);
      assertThat(of(rows, "pre-promote", "west-0").seen()).isEqualTo("pre_promote not in /p.yml");
      assertThat(of(rows, "pre-promote", "west-0").remedy())
          .startsWith("`mooring adopt strait east-0` ");
      assertThat(of(rows, "authority-file", "east-0").seen())
          .isEqualTo("no instance is named there: it is not promoted");
      assertThat(of(rows, "authority-file", "west-0").seen())
          .isEqualTo("no instance may write there, since epoch 1: it is not promoted");
      assertThat(of(rows, "promotions", "Patroni").seen())
          .isEqualTo(
              "Patroni's leader is east-0 (by on_role_change of 1970-01-01T00:00:00Z), and"
                  + " Mooring's authority names no instance yet");
    }
  }

  /** By each member's own configuration, and never good where that was not seen. */
  @Test
  void a_watchdog_is_what_a_members_own_configuration_has_and_not_seen_otherwise() {
    try (TestBed bed = new TestBed(new FakeCluster(strait), ClusterCheckImpl.class)) {
      watchdog(bed, "east-0", new PatroniWatchdog(Mode.REQUIRED, "/dev/w", Device.WRITABLE));
      watchdog(bed, "east-1", new PatroniWatchdog(Mode.OFF, "/dev/w", Device.WRITABLE));
      List<CheckRow> rows = bed.check(Typed.json("{'cluster':'strait'}")).rows();
      assertThat(of(rows, "watchdog", "east-0").verdict()).isEqualTo(Judged.GOOD);
      assertThat(of(rows, "watchdog", "east-0").seen())
          .isEqualTo("required, /dev/w can be written");
      assertThat(of(rows, "watchdog", "east-1").verdict()).isEqualTo(Judged.WRONG);
      assertThat(of(rows, "watchdog", "east-1").seen()).isEqualTo("off");
      assertThat(of(rows, "watchdog", "west-0").verdict()).isEqualTo(Judged.WARNING);
      assertThat(of(rows, "watchdog", "west-0").seen()).startsWith("UNKNOWN: ");
    }
    try (TestBed bed = new TestBed(new FakeCluster(strait), ClusterCheckImpl.class)) {
      watchdog(bed, "east-0", new PatroniWatchdog(Mode.AUTOMATIC, "/dev/w", Device.WRITABLE));
      watchdog(bed, "east-1", new PatroniWatchdog(Mode.AUTOMATIC, "/dev/w", Device.ABSENT));
      watchdog(bed, "west-0", new PatroniWatchdog(Mode.REQUIRED, "/dev/w", Device.NOT_WRITABLE));
      List<CheckRow> rows = bed.check(Typed.json("{'cluster':'strait'}")).rows();
      assertThat(of(rows, "watchdog", "east-0").verdict()).isEqualTo(Judged.WARNING);
      assertThat(of(rows, "watchdog", "east-1").verdict()).isEqualTo(Judged.WRONG);
      assertThat(of(rows, "watchdog", "west-0").verdict()).isEqualTo(Judged.WARNING);
    }
  }

  private static void watchdog(TestBed bed, String instance, PatroniWatchdog seen) {
    bed.patroni()
        .calls(instance, new PatroniHooks(true, "/p.yml", List.of(), List.of(), List.of(seen)));
  }

  private static CheckRow of(List<CheckRow> rows, String id, String subject) {
    return rows.stream().filter(row -> row.is(id, subject)).findFirst().orElseThrow();
  }

  /** Patroni asked both servers. What else is wrong waits: it may help the one that is to end. */
  @Test
  void two_leaders_by_patroni_are_a_split_brain_for_every_other_row() {
    try (TestBed bed = new TestBed(new FakeCluster(strait), ClusterCheckImpl.class)) {
      bed.patroni().leadsToo("west-0");
      bed.patroni().pauses();
      List<CheckRow> rows = bed.check(Typed.json("{'cluster':'strait'}")).rows();
      assertThat(rows.get(0).is("leader", "Patroni")).isTrue();
      assertThat(rows.get(0).remedy()).contains("docs/operations/split-brain.md");
      assertThat(rows.stream().skip(1).filter(row -> row.verdict() != Judged.GOOD))
          .isNotEmpty()
          .allMatch(row -> row.remedy().startsWith("first end the split brain, then "));
    }
  }

  @Test
  void a_check_asks_patroni_by_the_publishing_sites_worker() {
    try (TestBed bed = new TestBed(new FakeCluster(strait), ClusterCheckImpl.class)) {
      CheckResult result = bed.check(Typed.json("{'cluster':'strait'}"));
      assertThat(result.rows()).extracting(CheckRow::title).contains("Patroni leader-lock");
    }
  }
}
