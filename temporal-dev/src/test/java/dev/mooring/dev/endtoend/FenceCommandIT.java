package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.StartGuard;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.HostNetwork.Way;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.LabPower;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host that answers nobody is powered off by a command, on real servers, while clients write. */
@Tag("all")
@Tag("heavy")
class FenceCommandIT {
  private static final String WAITED_FOR =
      "SELECT coalesce(max(application_name), '') FROM pg_stat_replication"
          + " WHERE sync_state = 'sync'";

  private static final Pattern PROMOTED =
      Pattern.compile("(?m)^([0-9-]{10}) ([0-9:.]+) UTC .*LOG:  received promote request");

  private static final String BOOT = "/proc/sys/kernel/random/boot_id";

  private static Stage stage;

  @BeforeAll
  static void up() {
    stage = new Stage(LabPlan.streaming(2).withWalFileMegabytes(1));
    stage.begin();
  }

  /** Commits wait for west-0: whatever was acknowledged is there. */
  @BeforeEach
  void commitsWaitForWest() {
    stage.amendClusterFile(
        now ->
            now.replace(
                "replication: {",
                "replication: {synchronous: {method: first, instances: [west-0]}, "));
    stage.lab.faults().set(0, "synchronous_standby_names", "FIRST 1 (west_0)");
    Soon.soon("commits wait for west-0", () -> ask("east-0", WAITED_FOR).equals("west_0"));
  }

  @AfterEach
  void asBefore() throws IOException {
    stage.lab.faults().signalAllSsh(old().host(), Signal.CONT);
    if (stage.lab.isRunning(old())) {
      stage.lab.faults().signalAll(old(), Signal.CONT);
    } else {
      keptFromStarting();
    }
    stage.reset();
  }

  /** The lab's own launcher asks no guard: without this it opens beside the new primary. */
  private static void keptFromStarting() throws IOException {
    Files.writeString(
        old().dataDirectory().resolve("postgresql.auto.conf"),
        "mooring_fenced_epoch_1 = 'by-hand'\n",
        StandardOpenOption.APPEND);
  }

  @AfterAll
  static void down() {
    stage.close();
  }

  private static LabInstance old() {
    return stage.lab.instance("east-0");
  }

  /** Commands as a person writes them, between single quotes. */
  private static void isPoweredOffByTheOtherSite() {
    LabPower power = LabPower.of(old());
    stage.amendClusterFile(
        now ->
            now
                + String.format(
                    "failover: {fences: [{host: %s, from: west, within: PT10S, command: '%s',"
                        + " check: '%s'}]}%n",
                    old().host().name(),
                    power.off().replace("'", "''"),
                    power.check().replace("'", "''")));
  }

  /** The port of a host that hangs is open still, so that no witness says that it is dead. */
  private static RoleChangeResult failOver(String more) {
    String request = "{\"cluster\":\"%s\",\"to\":\"west-0\",\"by\":\"alice\"" + more + "%s}";
    RoleChangeResult plan =
        stage
            .start("Failover", String.format(request, stage.cluster(), ",\"mode\":\"plan\""))
            .getResult(RoleChangeResult.class);
    String approved = ",\"mode\":\"execute\",\"by\":\"alice\",\"digest\":\"" + plan.digest() + "\"";
    return stage
        .start("Failover", String.format(request, stage.cluster(), approved))
        .getResult(RoleChangeResult.class);
  }

  /** Nothing rehearsed what starts it with its host. */
  private static String overriding(String rules) {
    return String.format(",\"overrides\":\"%s\",\"reason\":\"it is kept off\"", rules);
  }

  private static String ask(String id, String sql) {
    try (Connection connection = stage.lab.connect(stage.lab.instance(id));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Everything there stands still, and would go on writing. */
  private static void hang() {
    stage.lab.faults().signalAllSsh(old().host(), Signal.STOP);
    stage.lab.faults().signalAll(old(), Signal.STOP);
  }

  /** As a move records it; its power begins another boot. */
  private static void namedInThisBoot() throws IOException {
    Files.createDirectories(ofMooring());
    Files.writeString(
        authority(),
        String.format(
            """
            cluster=%s
            content=0
            epoch=0
            run=
            ordinal=0
            attempt=0
            writer=east-0
            writer_epoch=0
            writer_run=by-hand
            writer_boot=%s
            """,
            stage.cluster(), stage.lab.run(old().host(), "cat", BOOT).strip()));
  }

  private static Path ofMooring() {
    return old().host().mooring().resolve(stage.cluster());
  }

  private static Path authority() {
    return ofMooring().resolve("0.authority");
  }

  /** By the launcher that the page on fencing shows; it waits for no permit here. */
  private static void isStartedWithItsHost() throws IOException {
    Path programs = Files.createDirectories(old().host().mooring().resolve("launcher"));
    String page = Files.readString(Path.of("..", "docs", "operations", "fencing.md"));
    int begin = page.indexOf("#!/bin/sh");
    executable(programs.resolve("mooring-guard"), StartGuard.TEXT);
    executable(
        programs.resolve("pg_ctl"),
        page.substring(begin, page.indexOf("```", begin))
            .replace("--this-boot=120", "--this-boot")
            .replace("/var/lib/mooring/bin", programs.toString())
            .replace("/var/lib/mooring/harbour/0.authority", authority().toString())
            .replace("/var/lib/postgresql/15/main", old().dataDirectory().toString()));
    Files.createSymbolicLink(
        programs.resolve("pg_ctl.real"), stage.lab.postgresPrograms().resolve("pg_ctl"));
    stage.lab.run(
        old().host(),
        programs.resolve("pg_ctl").toString(),
        "-D",
        old().dataDirectory().toString(),
        "-w",
        "-t",
        "30",
        "-l",
        "/dev/null",
        "start");
  }

  private static void executable(Path program, String text) throws IOException {
    Files.writeString(program, text);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A worker of the other site does it; its launchers, which ask the guard, do not start it. */
  @Test
  @Tag("root") // only root gives a host another boot
  void a_host_that_hangs_is_powered_off_and_stays_down_once_its_power_is_back() throws IOException {
    isPoweredOffByTheOtherSite();
    namedInThisBoot();
    hang();
    RoleChangeResult result = failOver(overriding("primary-gone,after-reboot"));
    assertThat(result.headline()).contains("west-0 is the primary on timeline 2", "powered off");
    assertThat(result.proof().toString())
        .contains("run by the worker of west: powered off; its check says 'power is off'");
    assertThat(stage.lab.isRunning(old())).isFalse();
    assertThat(ask("west-0", "SELECT pg_is_in_recovery()")).isEqualTo("f");
    stage.lab.faults().boots(old().host());
    assertThatThrownBy(FenceCommandIT::isStartedWithItsHost)
        .isInstanceOf(LabFailure.class)
        .hasMessageContaining("names it since before this host started");
    assertThat(stage.lab.isRunning(old())).isFalse();
    if (result.degraded().stream().noneMatch(line -> line.startsWith("east-1 has more of"))) {
      assertThat(ask("east-1", "SELECT status FROM pg_stat_wal_receiver")).isEqualTo("streaming");
    }
  }

  /** Whose packets are lost: all, those to the host, those from it. */
  enum Cut {
    FROM_ALL,
    INWARDS,
    OUTWARDS;

    void at(HostNetwork network) {
      switch (this) {
        case FROM_ALL -> network.cutFromAll();
        case INWARDS -> network.cutOneWay(Way.IN);
        case OUTWARDS -> network.cutOneWay(Way.OUT);
      }
    }

    /** One way what it sends may go on arriving, so that a person says that it is to be gone. */
    String said() {
      return overriding(this == FROM_ALL ? "after-reboot" : "primary-gone,after-reboot");
    }
  }

  /**
   * The old primary commits on and on by itself, as one whose clients are on its side of the cut,
   * until its power is switched off. What it took before that and nobody got is lost, and listed
   * once it is healed.
   */
  @ParameterizedTest
  @EnumSource(Cut.class)
  @Tag("root") // only root drops packets
  void a_primary_that_writes_on_behind_a_cut_is_powered_off_before_another_is_promoted(Cut cut)
      throws Exception {
    isPoweredOffByTheOtherSite();
    HostNetwork network = stage.lab.faults().network(old().host());
    LocalCommits commits = LocalCommits.begin(stage.lab, old());
    try {
      cut.at(network);
      commits.goOn();
      RoleChangeResult result = failOver(cut.said());
      assertThat(result.headline()).contains("west-0 is the primary on timeline 2", "powered off");
      if (cut == Cut.FROM_ALL) {
        assertThat(result.proof().toString()).contains("verdict, value=HOST_DEAD");
      }
      assertThat(commits.lastWritten())
          .isBefore(promotionOf(stage.lab.instance("west-0")))
          .isAfter(commits.begun());
    } finally {
      network.mend();
      commits.close();
    }
    healedAndListed();
  }

  private static void healedAndListed() {
    Mooring mooring = stage.mooring();
    String heal = "resilver strait --instances east-0";
    String digest = Replicated.digest(mooring.type("plan " + heal).out());
    Answer resilvered = mooring.type(heal + " --reason back --digest " + digest);
    assertThat(resilvered.status()).as(resilvered.out() + resilvered.err()).isZero();
    assertThat(mooring.type("report mooring:strait:resilver").out())
        .containsPattern("transactions that only it has.*[1-9]")
        .contains("COMMIT");
    assertThat(ask("east-0", "SELECT pg_is_in_recovery()")).isEqualTo("t");
  }

  /** When it was last told to accept writes. */
  private static Instant promotionOf(LabInstance instance) throws IOException {
    return PROMOTED
        .matcher(Files.readString(instance.log()))
        .results()
        .map(reported -> Instant.parse(reported.group(1) + "T" + reported.group(2) + "Z"))
        .reduce((before, last) -> last)
        .orElseThrow();
  }
}
