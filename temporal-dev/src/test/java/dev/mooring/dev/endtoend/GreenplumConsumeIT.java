package dev.mooring.dev.endtoend;

import static dev.mooring.dev.endtoend.WhpgDrSyncFiles.evidence;
import static dev.mooring.dev.endtoend.WhpgDrSyncFiles.segments;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The DR side of a Greenplum, from one point to the next: what is refused, what is parked, and that
 * nothing else is believed than the log of the very start.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("all")
class GreenplumConsumeIT {
  private static Stage stage;
  private static Sites sites;
  private static MppSite mpp;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(3).withInstancesPerHost(3).withWalFileMegabytes(64));
    sites = new Sites(stage.lab);
    mpp = new MppSite(stage);
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  private static void requireMoored(ConsumeResult result, String point) {
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.restorePoint()).isEqualTo(point);
    assertThat(result.headline())
        .isEqualTo("west is moored at " + point + ": 3 of 3 instances proved");
    assertThat(result.proof())
        .extracting(Receipt.ProofRecord::subject)
        .containsExactly("west-0", "west-1", "west-2");
    for (LabInstance instance : stage.lab.instancesAt("west")) {
      assertThat(stage.lab.controlState(instance)).isEqualTo("shut down in recovery");
      assertThat(mpp.lastStart(instance))
          .contains("recovery stopping at restore point \"" + point + "\", time ");
    }
  }

  @Test
  @Order(1)
  void a_copy_with_productions_dbid_is_refused_and_nothing_is_started() throws Exception {
    mpp.publish();
    LabInstance segment = sites.west(2);
    Path configuration = segment.dataDirectory().resolve("postgresql.auto.conf");
    String before = Files.readString(configuration);
    MppSite.configure(segment, 3, 1);

    EndingRecord ending = Stage.endingOf(stage.start("DrConsume", MppSite.request("latest")));

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("DBID_DIFFERS");
    assertThat(ending.headline())
        .contains("west-2")
        .contains("is set up with gp_dbid '3', the cluster file says dbid 13");
    assertThat(Files.readString(configuration)).isEqualTo(before);
    for (LabInstance instance : stage.lab.instancesAt("west")) {
      assertThat(stage.lab.isRunning(instance)).isFalse();
      assertThat(instance.dataDirectory().resolve("log")).doesNotExist();
    }
    MppSite.configure(segment, 13, 1);
  }

  @Test
  @Order(2)
  void moors_coordinator_and_segments_at_one_point_and_then_at_the_next() {
    String first = mpp.publish();
    requireMoored(mpp.consume(), first);
    assertThat(mpp.consume().headline()).contains("already");
    sites.fillWalFiles(1, 1);
    String second = mpp.publish();
    requireMoored(mpp.consume(), second);
  }

  @Test
  @Order(3)
  void a_coordinator_that_is_killed_on_its_way_is_started_once_more() {
    sites.fillWalFiles(0, 1);
    String point = mpp.publish();
    LabInstance coordinator = sites.west(0);
    String file = sites.targetFile(0);
    stage.hooks.before(ConsumeStep.START_ALL, () -> stage.lab.faults().hideWal(0, file));
    stage.hooks.after(
        ConsumeStep.START_ALL,
        () -> {
          Soon.soon(
              "west-0 waits for the target's file",
              () -> Sites.says(MppSite.gateStatus(coordinator), "absent"));
          stage.lab.faults().signal(coordinator, Signal.KILL);
          stage.lab.faults().showWal(0, file);
        });

    ConsumeResult result = mpp.consume();

    requireMoored(result, point);
    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(result.degraded())
        .anyMatch(less -> less.startsWith("started once more: west-0 is not parked at " + point));
  }

  @Test
  @Order(4)
  void follows_the_timeline_of_a_segment_whose_mirror_was_promoted_in_between() throws Exception {
    promote(1);
    String point = mpp.publish();

    requireMoored(mpp.consume(), point);

    assertThat(List.of(0, 1, 2))
        .extracting(content -> sites.latest().contents().get(content).target().timeline().value())
        .containsExactly(1L, 2L, 1L);
  }

  private static void promote(int content) throws IOException {
    LabInstance primary = sites.east(content);
    stage.lab.stop(primary);
    Files.createFile(primary.dataDirectory().resolve("standby.signal"));
    stage.lab.start(primary);
    sites.ask(content, "SELECT pg_promote(false)");
    Soon.soon(
        primary.id() + " writes",
        () -> sites.ask(content, "SELECT pg_is_in_recovery()").equals("f"));
  }

  @Test
  @Order(5)
  void moors_at_whpg_dr_syncs_points_over_a_fork_inside_a_wal_file(@TempDir Path directory)
      throws Exception {
    WhpgDrSyncFiles files = new WhpgDrSyncFiles(directory);
    mpp.amendClusterFile(files::readBy);
    sites.fillWalFiles(2, 1);
    promote(2);
    Manifest point = mpp.made();
    files.write(point, evidence(point), segments(point));

    ConsumeResult result = mpp.consume();

    requireMoored(result, point.name().value());
    assertThat(result.degraded())
        .anyMatch(less -> less.endsWith("the WAL of 3 instances was scanned for the name"));
    assertThat(forkOf(2) % (64 << 20)).as("the fork lies inside a WAL file").isNotZero();
    String file = sites.targetFile(2);
    assertThat(file).startsWith("00000002");
    stage.lab.faults().hideWal(2, file);
    ConsumeResult again = mpp.consume();
    stage.lab.faults().showWal(2, file);
    assertThat(again.headline()).contains("already");
    assertThat(again.degraded())
        .anyMatch(less -> less.contains("the WAL was scanned for the name"));
  }

  /** Where timeline 2 of a content left timeline 1. */
  private static long forkOf(int content) {
    String history = Sites.read(stage.lab.archive(content).resolve("00000002.history"));
    return Lsn.parse(history.split("\\s+", 3)[1]).value();
  }
}
