package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.ledger.LoadRun;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.runbook.resilver.ResilverStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A resilver by each method that takes data away, once undisturbed and once by workers that are
 * killed before and after each of its steps: one member is rewound, one is copied anew, and of one
 * the rewind fails and it is copied instead.
 */
@Tag("all")
@Tag("heavy")
class ResilverByKilledWorkersIT {
  /** An approval is a digest that is given beforehand, and no command is set. */
  private static final Set<ResilverStep> CALL_NOBODY =
      EnumSet.of(ResilverStep.RESOLVE, ResilverStep.RUN_BEFORE, ResilverStep.RUN_AFTER);

  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.streaming(3).named("fix"));
    sites = new Sites(stage.lab);
    change("east-0", "CREATE TABLE lab.written (at timestamptz)");
    Traces.letBeLogged(stage.lab);
    stage.begin();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void ends_as_if_undisturbed_and_nothing_is_done_twice(@TempDir Path directory)
      throws IOException {
    divergeTwoAndLoseOne();
    String planned = planned();
    Traces first = Traces.of(stage.lab);
    List<String> undisturbed = resilvered(execute(planned), first);
    stage.reset();

    divergeTwoAndLoseOne();
    String digest = planned();
    Traces second = Traces.of(stage.lab);
    stage.dismissWorker();
    WorkflowStub run = execute(digest);
    try (HaltedRun halted = HaltedRun.atEachAct(stage, run, directory)) {
      assertThat(resilvered(run, second)).isEqualTo(undisturbed);
      assertThat(halted.calls()).isEqualTo(HaltedRun.callsOf(ResilverStep.class, CALL_NOBODY));
      assertThat(halted.workers()).isGreaterThan(2 * halted.calls().size());
    } finally {
      stage.recallWorker();
    }
  }

  /**
   * The primary dies, with rows of its own that one standby has too; another standby is promoted
   * after that. A file of the new primary is a directory on that one, which no rewind bears.
   */
  private static void divergeTwoAndLoseOne() throws IOException {
    stage.clients().silence("what the last primary alone acknowledged is lost by hand here");
    Soon.soon("all have all of it", () -> replayed(3));
    for (String standby : List.of("west-0", "east-1")) {
      stage.lab.stop(stage.lab.instance(standby));
    }
    change("east-0", "INSERT INTO lab.written VALUES (now())");
    Soon.soon("west-1 has all of it", () -> replayed(1));
    stage.lab.faults().signalAll(stage.lab.instance("east-0"), Signal.KILL);
    stage.lab.stop(stage.lab.instance("west-1"));
    LabInstance promoted = stage.lab.instance("west-0");
    stage.lab.start(promoted);
    change("west-0", "SELECT pg_promote()");
    change("west-0", "INSERT INTO lab.written VALUES (now()), (now())");
    stage.lab.run(promoted.host(), "touch", promoted.dataDirectory() + "/note");
    LabInstance unlike = stage.lab.instance("west-1");
    stage.lab.run(unlike.host(), "mkdir", unlike.dataDirectory() + "/note");
    LabInstance lost = stage.lab.instance("east-1");
    stage.lab.run(
        lost.host(), "find", lost.dataDirectory().toString(), "-mindepth", "1", "-delete");
    assertThat(Files.exists(promoted.dataDirectory().resolve("note"))).isTrue();
  }

  private static boolean replayed(int standbys) {
    String query =
        "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()";
    return ask("east-0", query).equals(String.valueOf(standbys));
  }

  private static String planned() {
    WorkflowStub looked = resilver("plan", "");
    assertThat(looked.getResult(ResilverResult.class).headline())
        .isEqualTo(
            "3 can be made standbys: east-0 by REWIND, east-1 by BASE_BACKUP, west-1 by REWIND");
    return looked.query("plan", Plan.class).digest();
  }

  private static WorkflowStub execute(String digest) {
    return resilver("execute", digest);
  }

  private static WorkflowStub resilver(String mode, String digest) {
    return stage.start(
        "Resilver",
        String.format(
            "{\"cluster\":\"fix\",\"mode\":\"%s\",\"by\":\"alice\",\"digest\":\"%s\"}",
            mode, digest));
  }

  /** Waits for the run's end while clients write; its receipt, and what its acts left. */
  private static List<String> resilvered(WorkflowStub run, Traces traces) {
    LoadRun writing = stage.lab.load().startHere();
    ResilverResult result = run.getResult(ResilverResult.class);
    writing.stop();
    assertThat(result.headline())
        .isEqualTo(
            "standbys again: east-0 by REWIND, east-1 by BASE_BACKUP, west-1 by BASE_BACKUP");
    assertThat(result.degraded())
        .singleElement()
        .asString()
        .startsWith("west-1: the rewind failed (FAILED: ")
        .contains("different type");
    assertSameRows();
    List<String> left = traces.left();
    assertThat(left).contains("base backups: 2", "promotions: 0", "ends: 0", "starts: 3");
    left.addAll(slots());
    left.addAll(ReceiptInWords.besideClients(sites.lastReceipt()));
    return left;
  }

  private static void assertSameRows() {
    sites.assertSameRows("west-0");
    for (String standby : List.of("east-0", "east-1", "west-1")) {
      assertThat(ask(standby, "SELECT pg_is_in_recovery()")).isEqualTo("t");
      assertThat(ask(standby, "SELECT count(*) FROM lab.written")).isEqualTo("2");
    }
    assertThat(ask("west-0", "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"))
        .isEqualTo("00000002");
  }

  private static List<String> slots() {
    String query =
        "SELECT string_agg(slot_name || ' ' || active, ', ' ORDER BY slot_name)"
            + " FROM pg_replication_slots";
    List<String> slots = new ArrayList<>();
    for (LabInstance instance : stage.lab.instances()) {
      slots.add(instance.id() + " has slots " + sites.ask(instance, query));
    }
    return slots;
  }

  private static String ask(String instance, String query) {
    return sites.ask(stage.lab.instance(instance), query);
  }

  private static void change(String instance, String statement) {
    try (Connection connection = stage.lab.connect(stage.lab.instance(instance));
        Statement running = connection.createStatement()) {
      running.execute(statement);
    } catch (SQLException e) {
      throw new AssertionError(instance + " could not do " + statement, e);
    }
  }
}
