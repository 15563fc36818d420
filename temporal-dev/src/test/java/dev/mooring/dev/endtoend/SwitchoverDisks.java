package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabDisk;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Disks that stand against a move: of the archive, of WAL, of a tablespace. */
abstract class SwitchoverDisks extends SwitchoverRefused {
  private static final String ROWS = "SELECT count(*) FROM lab.ledger";

  /** The archiver says nothing, neither success nor failure, and commits don't wait for it. */
  @Test
  @Tag("all")
  @Tag("root") // only root gives hosts disks and file systems of their own
  void an_archive_whose_disk_stalls_refuses_a_move_while_commits_go_on() throws SQLException {
    stage.amendClusterFile(
        now -> now.replace("replication: {", "replication: {archiveBacklog: 2, "));
    try (LabDisk disk = stage.lab.faults().diskUnderArchive(0, 48)) {
      disk.stall();
      for (int file = 0; file < 4; file++) {
        ask("east-0", "CREATE TABLE lab.file_" + file + " (n int)");
        ask("east-0", "SELECT pg_switch_wal()");
      }
      Soon.soon("the target streams", () -> SwitchoverStage.streams("west_0"));
      String before = ask("east-0", ROWS);
      RoleChangeResult plan = plan("west-0");
      assertThat(against(plan)).singleElement().asString().startsWith("east-0 archive-backlog: ");
      assertThat(Stage.endingOf(execute("west-0", plan.digest())).code()).isEqualTo("PREFLIGHT");
      Soon.soon("clients commit", () -> !SwitchoverStage.row("east-0", ROWS).equals(before));

      disk.resume();
      Soon.soon("no check blocks it", () -> against(plan("west-0")).isEmpty());
    }
  }

  /** It ended itself, and is not to come up by itself: somebody makes room, or fails over. */
  @Test
  @Tag("all")
  @Tag("root") // only root gives hosts disks and file systems of their own
  void a_primary_that_ended_for_want_of_room_for_wal_is_not_moved_and_none_is_to_be_deleted()
      throws SQLException {
    stage.clients().silence("the disk of its WAL is filled to the last bytes");
    LabInstance primary = stage.lab.instance("east-0");
    ask("east-0", "ALTER SYSTEM SET restart_after_crash = off");
    try (LabDisk disk = stage.lab.faults().diskUnder(primary, "pg_wal", 64)) {
      disk.fill(512);
      writeUntilItEnds(primary);
      Soon.soon("it is down", () -> !stage.lab.isRunning(primary));
      Answer plan = stage.mooring().type("plan switchover strait --to west-0");
      Answer status = stage.mooring().type("status strait");
      assertThat(plan.out() + plan.err()).contains("Refused", "NO_PRIMARY", "east-0: ");
      assertThat(plan.out() + plan.err() + status.out() + status.err())
          .doesNotContainPattern(DiskFaultsIT.AGAINST_WAL);
      assertThat(ask("west-0", "SELECT pg_is_in_recovery()")).isEqualTo("t");

      disk.makeRoom();
      stage.lab.faults().end(primary);
      stage.lab.start(primary);
      Soon.soon("no check blocks it", () -> against(plan("west-0")).isEmpty());
    }
  }

  private static void writeUntilItEnds(LabInstance primary) {
    try {
      ask(
          primary,
          "CREATE TABLE lab.filler AS SELECT repeat('x', 1000) FROM generate_series(1, 200000)");
      throw new AssertionError("WAL never filled its disk");
    } catch (SQLException ended) {
      assertThat(Sites.read(primary.log())).contains("No space left on device");
    }
  }

  /** As where a file system is not mounted any more. */
  @Test
  @Tag("all")
  @Tag("root") // only root gives hosts disks and file systems of their own
  void a_tablespace_whose_directory_is_gone_at_the_target_refuses_a_move() throws SQLException {
    String place = stage.lab.onEachHost("placed").toString();
    for (LabInstance member : stage.lab.instances()) {
      stage.lab.run(member.host(), "mkdir", place);
    }
    ask("east-0", "CREATE TABLESPACE placed LOCATION '" + place + "'");
    String made = "SELECT count(*) FROM pg_tablespace WHERE spcname = 'placed'";
    Soon.soon("the target has it", () -> SwitchoverStage.row("west-0", made).equals("1"));
    LabInstance target = stage.lab.instance("west-0");
    stage.lab.run(target.host(), "mv", place, place + ".away");
    RoleChangeResult plan = plan("west-0");
    assertThat(against(plan))
        .singleElement()
        .asString()
        .startsWith("west-0 host-needs: tablespace ")
        .contains(" points to " + place);
    assertThat(Stage.endingOf(execute("west-0", plan.digest())).code()).isEqualTo("PREFLIGHT");
    stage.lab.run(target.host(), "mv", place + ".away", place);
    assertThat(against(plan("west-0"))).isEmpty();
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }
}
