package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Clients.Side;
import dev.mooring.dev.lab.HostClock;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Manifest;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.console.ExitCode;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What changes around a copy and is no fault of it: how WAL comes to it, production's settings, the
 * clocks of hosts and workers. Runs end as they would without it.
 */
@Tag("all")
@Tag("heavy")
class SurroundingsIT extends MooredInstance {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration NEARLY = Duration.ofMinutes(50);

  @TempDir Path directory;

  /** 255 is what ssh ends with; PostgreSQL itself dies of such a status. */
  @Test
  void waits_where_what_carries_the_wal_is_cut_and_no_server_dies_of_it() {
    restoreOverSsh();
    sites.fillWalFiles(0, 3);
    String second = stage.publish().restorePoint();
    stage.hooks.before(
        ConsumeStep.START_ALL,
        () -> stage.lab.faults().signalSsh(stage.lab.host("e0"), Signal.KILL));
    WorkflowStub run = stage.startConsume("latest");
    Soon.soon(
        "the gate finds the archive unreachable",
        () -> Sites.says(sites.gateStatus(west), "unreachable"));
    assertThat(Sites.read(sites.gateStatus(west))).contains("exit status 255");
    stage.lab.faults().startSsh(stage.lab.host("e0"));

    ConsumeResult consumed = run.getResult(ConsumeResult.class);

    assertThat(consumed.restorePoint()).isEqualTo(second);
    assertThat(consumed.degraded()).isEmpty();
    assertThat(logOfLastStart())
        .contains("recovery stopping at")
        .doesNotContain("could not restore file");
  }

  @Test
  void moors_past_a_setting_that_production_raised_and_does_not_let_it_be_read() {
    stage.lab.faults().set(0, "max_connections", "77");
    stage.lab.stop(sites.east(0));
    stage.lab.start(sites.east(0));
    String second = stage.publish().restorePoint();

    assertThat(stage.consume().restorePoint()).isEqualTo(second);

    stage.amendClusterFile(now -> now.replace("{name: west,", "{name: west, parkMode: readable,"));
    stage.publish();
    EndingRecord refused = stage.consumeFails("latest");
    assertThat(refused.outcome()).isEqualTo("Refused");
    assertThat(refused.code()).isEqualTo("SETTINGS_TOO_LOW");
    assertThat(refused.headline()).contains("west-0: max_connections is 40, must be at least 77");
    assertThat(sites.mooredAt()).isEqualTo(second);
  }

  @Test
  void a_primary_whose_clock_is_an_hour_ahead_changes_no_name_and_no_age() {
    LabInstance east = sites.east(0);
    stage.lab.stop(east);
    try (HostClock clock = stage.lab.faults().clockOf(east.host())) {
      clock.set("+" + HOUR.toSeconds());
      stage.lab.start(east);
      sites.fillWalFiles(0, 2);
      Instant now = Instant.now();

      String ahead = stage.publish().restorePoint();

      Manifest manifest = sites.manifest(ahead);
      assertThat(manifest.header().createdAt()).isBefore(now.plus(NEARLY));
      assertThat(manifest.contents().get(0).clock().before()).isAfter(now.plus(NEARLY));
      assertThat(stage.consume().restorePoint()).isEqualTo(ahead);
      assertThat(criticalNow()).isEmpty();
      clock.set("+0");
      String back = stage.publish().restorePoint();
      assertThat(sites.latest().name().value()).isEqualTo(back).isGreaterThan(ahead);
      assertThat(stage.consume().restorePoint()).isEqualTo(back);
      stage.lab.stop(east);
    }
    stage.lab.start(east);
  }

  @Test
  void clocks_of_hosts_that_jump_all_the_time_change_nothing() {
    stage.clients().without(Side.COPIES, "the clock that stamps production's points lies");
    LabInstance east = sites.east(0);
    stage.lab.stop(east);
    try (HostClock publishing = stage.lab.faults().clockOf(east.host());
        HostClock consuming = stage.lab.faults().clockOf(west.host())) {
      stage.lab.start(east);
      try (Strobe jumps = new Strobe(publishing::set, consuming::set)) {
        sites.fillWalFiles(0, 2);
        stage.hooks.before(
            ConsumeStep.START_ALL, () -> stage.lab.faults().hideWal(0, sites.targetFile(0)));
        stage.hooks.after(
            ConsumeStep.START_ALL,
            () -> {
              jumps.awaitBothWays();
              stage.lab.faults().showWal(0, sites.targetFile(0));
            });

        PublishResult published = stage.publish();
        ConsumeResult consumed = stage.consume();

        assertThat(published.outcome()).isEqualTo("Completed");
        assertThat(consumed.restorePoint()).isEqualTo(published.restorePoint());
        assertThat(stage.hooks.allRun()).isTrue();
        jumps.assertSeenIn(logOfLastStart());
      }
      stage.lab.stop(east);
    }
    stage.lab.start(east);
  }

  @Test
  void refuses_a_cluster_that_is_not_the_one_whose_identifier_was_typed() {
    String system = sites.ask(0, "SELECT system_identifier::text FROM pg_control_system()");
    String ends = system.substring(system.length() - 4);
    String other = ends.equals("0000") ? "0001" : "0000";
    stage.publish();
    String before = stage.lab.fingerprintOf(west.host());

    Mooring.Answer unfit = asked("12");
    Mooring.Answer wrong = asked(other);

    assertThat(unfit.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(unfit.out()).contains("the last four digits of the system identifier of harbour");
    assertThat(unfit.err()).contains("must be the last 4 to 20 digits").contains("mooring whois");
    assertThat(wrong.status()).isEqualTo(ExitCode.REFUSED.status());
    assertThat(wrong.out() + wrong.err()).contains("ends with " + other).contains(system);
    assertThat(stage.lab.fingerprintOf(west.host())).isEqualTo(before);
    assertThat(stage.mooring().type("whois " + stage.cluster()).out())
        .containsPattern("west-0 .*" + system);
    assertThat(stage.mooring().type(consume() + " --system-identifier-ends " + other).status())
        .isEqualTo(ExitCode.REFUSED.status());
    assertThat(asked(ends).status()).isEqualTo(ExitCode.DONE.status());
    assertThat(sites.mooredAt()).isEqualTo(sites.latest().name().value());
  }

  @Test
  void a_workers_clock_that_jumps_all_the_time_changes_nothing() {
    stage.dismissWorker();
    Path file = directory.resolve("clock");
    Instant begun = Instant.now();
    try (Strobe jumps = new Strobe(offset -> HostClock.write(file, offset));
        WorkerProcess worker =
            WorkerProcess.of(
                List.of("east", "west"),
                stage.lab,
                stage.service.address(),
                directory.resolve("worker.log"),
                HostClock.environment(file))) {
      String point = stage.publish().restorePoint();
      jumps.awaitBothWays();
      assertThat(stage.consume().restorePoint()).isEqualTo(point);
      assertThat(sites.latest().header().createdAt())
          .isBetween(begun.minusSeconds(5), Instant.now().plusSeconds(5));
      assertThat(worker.starts()).isEqualTo(1);
      jumps.assertSeenIn(Sites.read(directory.resolve("worker.log")));
    } finally {
      stage.recallWorker();
    }
  }

  /** A person at a terminal types the command, and the digits when they are asked for. */
  private static Mooring.Answer asked(String digits) {
    return stage.mooring().typeAnswering(consume(), digits);
  }

  private static String consume() {
    return "consume " + stage.cluster() + " --site west";
  }

  private static List<String> criticalNow() {
    StatusResult status =
        stage.start("ClusterStatus", stage.publishRequest()).getResult(StatusResult.class);
    return status.findings().stream()
        .filter(finding -> finding.verdict() == Judged.WRONG)
        .map(CheckRow::inShort)
        .toList();
  }

  /** Lets the west fetch its WAL over the east's SSH server, with a key of the host's own. */
  private static void restoreOverSsh() {
    Path key = west.host().directory().resolve("home/restore_key");
    try {
      Files.copy(stage.lab.configDirectory().resolve("id_ed25519"), key);
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
      Files.setOwner(
          key,
          key.getFileSystem()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName(stage.lab.userName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String command =
        "ssh -q -i %s -p %d -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null %s@%s cat {archive}/%%f >\"%%p\""
            .formatted(
                key,
                stage.lab.host("e0").sshPort(),
                stage.lab.userName(),
                stage.lab.host("e0").address());
    stage.amendClusterFile(
        now ->
            now.replaceAll(
                "(?<=restoreCommand: )'[^']*'", Matcher.quoteReplacement("'" + command + "'")));
  }

  private static String logOfLastStart() {
    Path starts = west.host().mooring().resolve(stage.cluster() + "/west-0.starts");
    return stage.lab.run(
        west.host(), "sh", "-c", "cat \"$(ls -dt " + starts + "/*.log | head -n 1)\"");
  }

  /** Sets clocks an hour ahead, an hour back and right, over and over. */
  private static final class Strobe implements AutoCloseable {
    private static final List<String> OFFSETS = List.of("+3600", "-3600", "+0");

    private static final Duration PACE = Duration.ofMillis(5);
    private static final Pattern TIME =
        Pattern.compile("(?m)^(\\d{4}-\\d\\d-\\d\\d)[ T](\\d\\d:\\d\\d:\\d\\d\\.\\d{3})");

    private final Thread thread;
    private volatile boolean over;
    private final AtomicInteger jumps = new AtomicInteger();

    @SafeVarargs
    Strobe(Consumer<String>... clocks) {
      thread =
          new Thread(
              () -> {
                while (!over) {
                  String offset = OFFSETS.get(jumps.get() % OFFSETS.size());
                  for (Consumer<String> clock : clocks) {
                    clock.accept(offset);
                  }
                  jumps.incrementAndGet();
                  LockSupport.parkNanos(PACE.toNanos());
                }
              },
              "strobe");
      thread.setDaemon(true);
      thread.start();
    }

    /** That what wrote this log went by these clocks: one of its times is an hour off. */
    void assertSeenIn(String log) {
      Instant now = Instant.now();
      assertThat(
              TIME.matcher(log)
                  .results()
                  .map(time -> Instant.parse(time.group(1) + "T" + time.group(2) + "Z"))
                  .map(time -> Duration.between(time, now).abs()))
          .as("how far off the times of a log are")
          .isNotEmpty()
          .anyMatch(off -> off.compareTo(NEARLY) > 0);
    }

    /** Returns when each offset was set since. */
    void awaitBothWays() {
      int before = jumps.get();
      Soon.soon("the clocks have jumped", () -> jumps.get() > before + OFFSETS.size());
    }

    @Override
    public void close() {
      over = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
