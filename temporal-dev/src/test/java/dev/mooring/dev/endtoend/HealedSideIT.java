package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostClock;
import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.runbook.switchover.SwitchoverStep;
import dev.mooring.worker.MooringWorker;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The west is to be healed, on real servers: not all can be asked, or a person resets the run. */
@Tag("all")
@Tag("heavy")
class HealedSideIT extends ResilveredWaits {
  /** Nothing is guessed of who can't be asked: it is named, and nothing is begun. */
  @Test
  @Tag("root") // only root drops packets
  void who_can_not_be_asked_is_named_and_nothing_is_begun() {
    stage.lab.faults().signalAll(west(), Signal.KILL);
    LabHost lost = west().host();
    LabInstance running = stage.lab.instance("east-1");
    stage.dismissWorker();
    MooringWorker impatient =
        stage.workerOf(stage.service, List.of(stage.hooks, Impatience.asksOnce()));
    try {
      stage.lab.faults().changeHostKey(lost);
      assertPlanEnds("", "Failed", "HOST_KEY_REFUSED", "host w0 (");
      stage.lab.faults().correctKnownHosts();
      stage.lab.faults().network(lost).drop(HostNetwork.Way.OUT, lost.sshPort());
      assertPlanEnds("", "Failed", "HOST_UNREACHABLE", "host w0 (");
      stage.lab.faults().network(lost).mend();
      stage.lab.faults().network(running.host()).drop(HostNetwork.Way.IN, running.port());
      assertPlanEnds(
          ",\"instances\":\"east-1\"",
          "Refused",
          "STATE_UNREADABLE",
          "east-1 runs and answers no SQL");
    } finally {
      stage.lab.faults().correctKnownHosts();
      stage.lab.hosts().forEach(host -> stage.lab.faults().network(host).mend());
      impatient.close();
      stage.recallWorker();
    }
    assertThat(resilver("execute", "").getResult(ResilverResult.class).headline())
        .isEqualTo("standbys again: west-0 by FOLLOW");
  }

  private static void assertPlanEnds(String more, String outcome, String code, String words) {
    assertEnds(resilver("plan", more), outcome, code, words);
  }

  /** The primary's names places of its own, where a second server must not be let in or write. */
  @Test
  void one_that_lost_its_configuration_too_gets_the_primarys_and_works_on_its_own_host() {
    LabInstance primary = stage.lab.instance("east-0");
    String theirs = primary.dataDirectory().toString();
    stage.lab.run(
        primary.host(),
        "sh",
        "-c",
        "printf \"%s = '%s'\\n\" data_directory \"$0\" hba_file \"$0/pg_hba.conf\""
            + " ident_file \"$0/pg_ident.conf\" external_pid_file \"$0/outside.pid\""
            + " >>\"$0/postgresql.conf\"",
        theirs);
    stage.lab.faults().signalAll(west(), Signal.KILL);
    String own = west().dataDirectory().toString();
    stage.lab.run(west().host(), "find", own, "-mindepth", "1", "-delete");
    WorkflowStub looked = resilver("plan", "");
    assertThat(looked.getResult(ResilverResult.class).outcome()).isEqualTo("planned");
    Plan plan = looked.query("plan", Plan.class);
    assertThat(plan.measured().toString())
        .contains("west-0's configuration, value=none was found on its host: taken from east-0");
    ResilverResult result =
        resilver("execute", ",\"digest\":\"" + plan.digest() + "\"")
            .getResult(ResilverResult.class);
    assertThat(result.headline()).isEqualTo("standbys again: west-0 by BASE_BACKUP");
    assertThat(result.proof().toString()).contains("name=configuration, value=none was found");
    assertThat(shown("data_directory", "hba_file", "ident_file", "external_pid_file", "port"))
        .containsExactly(own, own + "/pg_hba.conf", own + "/pg_ident.conf", "", west().port() + "");
    assertThat(shown("listen_addresses")).containsExactly(west().host().address());
  }

  private static List<String> shown(String... settings) {
    return Stream.of(settings).map(name -> ask("west-0", "SHOW " + name)).toList();
  }

  /** Whatever the archive has of it: nothing is started that could not come to stream. */
  @Test
  void one_whose_wal_is_gone_from_the_primary_is_to_be_made_anew() {
    stage.lab.stop(west());
    String slot = "FROM pg_replication_slots WHERE slot_name = 'west_0'";
    Soon.soon("nobody uses its slot", () -> ask("east-0", "SELECT active " + slot).equals("f"));
    ask("east-0", "SELECT pg_drop_replication_slot(slot_name) " + slot);
    String file = ask("east-0", "SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
    Path wal = stage.lab.instance("east-0").dataDirectory().resolve("pg_wal").resolve(file);
    Soon.soon(
        file + " is gone",
        () -> {
          ask("east-0", "SELECT pg_switch_wal()");
          ask("east-0", "CHECKPOINT");
          return !Files.exists(wal);
        });
    WorkflowStub looked = resilver("plan", "");
    assertThat(looked.getResult(ResilverResult.class).outcome()).isEqualTo("planned");
    assertThat(looked.query("plan", Plan.class).objects())
        .contains("west-0: BASE_BACKUP from east-0");
  }

  /** What it lacks the primary has itself; the archive is told not to have been looked at. */
  @Test
  void an_archive_that_can_not_be_read_holds_no_healing_up_and_keeps_the_primary_where_it_is()
      throws IOException {
    stage.lab.faults().signalAll(west(), Signal.KILL);
    Path archive = stage.lab.archive(0);
    Set<PosixFilePermission> open = Files.getPosixFilePermissions(archive);
    Files.setPosixFilePermissions(archive, Set.of());
    try {
      ResilverResult resilvered = resilver("execute", "").getResult(ResilverResult.class);
      assertThat(resilvered.headline()).isEqualTo("standbys again: west-0 by FOLLOW");
      assertThat(resilvered.degraded())
          .singleElement()
          .asString()
          .startsWith("the archive that west-0 restores from was not read: ")
          .contains("can't be read");
      stage.lab.faults().signalAll(west(), Signal.KILL);
      EndingRecord ending = Stage.endingOf(new FailbackToWest(stage).run());
      assertThat(List.of(ending.outcome(), ending.code()))
          .containsExactly("RolledBack", "PREFLIGHT");
      assertThat(ending.headline()).contains("wal-archive: ", "can't be read");
      assertThat(westStreams()).isTrue();
    } finally {
      Files.setPosixFilePermissions(archive, open);
    }
  }

  /**
   * While it waits without a lock, to before its first look, and in its move to before its locks.
   */
  @Test
  void a_failback_that_is_reset_takes_its_locks_and_goes_on() {
    stage.lab.faults().signalAll(west(), Signal.KILL);
    String data = west().dataDirectory().toString();
    stage.lab.run(west().host(), "find", data, "-mindepth", "1", "-delete");
    FailbackToWest failback = new FailbackToWest(stage);
    failback.approveHealing();
    failback.awaitPlanOfMove();
    failback.resets().toLastTask(failback.execution());
    failback.awaitPlanOfMove();
    failback.resets().toBefore(failback.execution(), "ReadCluster");
    failback.awaitPlanOfMove();
    stage.hooks.before(
        SwitchoverStep.PREPARE_SLOTS,
        () -> failback.resets().toBeforeLocks(failback.execution(), 2));
    failback.approve();
    Soon.soon("it was reset in its move", stage.hooks::allRun);
    failback.approveAgainWhereItAsks();
    RoleChangeResult result = failback.result();
    assertThat(result.headline()).startsWith("west-0 is the primary, east-0 follows it");
    assertThat(result.degraded()).isEmpty();
  }

  /** T11: nothing is copied by programs that could not start it. */
  @Test
  void a_copy_for_programs_of_another_major_version_is_refused() throws IOException {
    stage.lab.faults().signalAll(west(), Signal.KILL);
    Path data = west().dataDirectory();
    Path aside = data.resolveSibling("aside");
    // of a major version that no lab runs
    ServerVersion other = new ServerVersion(ServerVersion.OLDEST_SUPPORTED - 1, 22);
    OtherPrograms programs = new OtherPrograms(stage.lab);
    Files.move(data, aside);
    try {
      stage.manage(west(), programs.beside(west(), "postgres", other));
      versionRefused("west-0 has programs of version " + other + ", east-0 is of version ");
      stage.amendClusterFile(now -> now.replace("other-postgres", "other-pg_basebackup"));
      programs.beside(west(), "pg_basebackup", other);
      versionRefused("west-0's pg_basebackup is of version " + other + ", its server program is ");
      assertThat(data).doesNotExist();
    } finally {
      Files.move(aside, data);
    }
  }

  private static void versionRefused(String words) {
    EndingRecord ending = Stage.endingOf(resilver("execute", ""));
    assertThat(List.of(ending.outcome(), ending.code()))
        .containsExactly("Refused", "VERSION_DIFFERS");
    assertThat(ending.headline()).contains(words);
  }

  /** It is abandoned, and the primary never stopped. */
  @Test
  void a_failback_whose_move_is_refused_leaves_a_good_standby() {
    FailbackToWest failback = healedByFollowing();
    failback.reject();
    EndingRecord ending = Stage.endingOf(failback.run());
    assertThat(List.of(ending.outcome(), ending.code())).containsExactly("RolledBack", "REJECTED");
    assertThat(ending.headline()).endsWith("that stays; the primary was not moved");
    assertWestFollowsEast();
  }

  @Test
  void a_failback_whose_target_dies_before_its_promotion_gives_the_primary_back() {
    stage.patience.only(Impatience.asksOnce());
    FailbackToWest failback = healedByFollowing();
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER, () -> stage.lab.faults().signalAll(west(), Signal.KILL));
    failback.approve();
    EndingRecord ending = Stage.endingOf(failback.run());
    assertThat(List.of(ending.outcome(), ending.code()))
        .containsExactly("RolledBack", "NOT_CAUGHT_UP");
    stage.lab.start(west());
    assertWestFollowsEast();
  }

  /** Standbys stamp what they send with their own clocks, an hour behind the primary's. */
  @Test
  void a_failback_goes_by_no_clock_where_the_primarys_is_an_hour_ahead() {
    LabInstance primary = stage.lab.instance("east-0");
    stage.lab.stop(primary);
    try (HostClock clock = stage.lab.faults().clockOf(primary.host())) {
      clock.set("+3600");
      stage.lab.start(primary);
      FailbackToWest failback = healedByFollowing();
      assertThat(failback.run().query("plan", Plan.class).measured().toString())
          .containsPattern("west-0 clock, value=about 3(600|599) s behind east-0")
          .containsPattern("west-0 walsender-reply, value=[0-9] s ago");
      failback.approve();
      RoleChangeResult result = failback.result();
      assertThat(result.headline()).startsWith("west-0 is the primary, east-0 follows it");
      assertThat(result.degraded()).isEmpty();
      stage.lab.stop(primary);
    }
  }

  private static FailbackToWest healedByFollowing() {
    stage.lab.faults().signalAll(west(), Signal.KILL);
    FailbackToWest failback = new FailbackToWest(stage);
    failback.awaitPlanOfMove();
    return failback;
  }

  private static void assertWestFollowsEast() {
    Sites sites = new Sites(stage.lab);
    Soon.soon(
        "the west streams",
        () ->
            sites
                .ask(
                    stage.lab.instance("east-0"),
                    "SELECT string_agg(application_name, ' ') FROM pg_stat_replication WHERE state"
                        + " = 'streaming'")
                .contains("west_0"));
    assertThat(sites.ask(west(), "SELECT pg_is_in_recovery()")).isEqualTo("t");
    assertThat(sites.ask(stage.lab.instance("east-0"), "SELECT pg_is_in_recovery()"))
        .isEqualTo("f");
  }

  /** Each look at it takes as long as a connection may. */
  @Test
  void a_primary_that_stands_still_while_they_are_waited_for_holds_the_run_until_it_goes_on() {
    kill("west-0");
    stage.hooks.before(ResilverStep.STREAMING, () -> freeze(Signal.STOP));
    impatiently();
    WorkflowStub run = resilver("execute", "");
    try {
      awaitHold(run, "STREAMING", "west-0", "the primary does not answer");
    } finally {
      freeze(Signal.CONT);
    }
    retry(run);
    assertHealed(run);
  }

  private static void freeze(Signal signal) {
    stage.lab.faults().signalAll(stage.lab.instance("east-0"), signal);
  }
}
