package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.replication.ReplicationStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standby that commits wait for is set up on an empty host, with a restart of the primary; the
 * primary is adopted; the standby is taken out: once undisturbed, and once by workers that are
 * killed before and after each step.
 */
@Tag("all")
@Tag("heavy")
class SetupByKilledWorkersIT {
  /** FENCE is for two that accept writes, and is in no run here; nor is a relaxation. */
  private static final Set<ReplicationStep> CALL_NOBODY =
      EnumSet.of(
          ReplicationStep.RESOLVE,
          ReplicationStep.FENCE,
          ReplicationStep.RECORD_RELAXATION,
          ReplicationStep.SEE_SYNCHRONOUS,
          ReplicationStep.AWAIT_CONFIRMING,
          ReplicationStep.CLEAR_RELAXATION);

  private static Stage stage;
  private static Sites sites;
  private static Replicated narrows;

  @BeforeAll
  static void raise() throws SQLException, IOException {
    stage = new Stage(LabPlan.streaming(1).withoutReplication().named("narrows"));
    sites = new Sites(stage.lab);
    narrows = new Replicated(stage.lab);
    narrows.superuser("ALTER ROLE mooring SUPERUSER");
    Traces.letBeLogged(stage.lab);
    narrows.letNobodyStream();
    stage.begin();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  /** Begins the acts' runs, and sees each to its end. */
  private interface Workers {
    ReplicationResult serve(String request) throws IOException;
  }

  @Test
  void ends_as_if_undisturbed_and_nothing_is_done_twice(@TempDir Path directory)
      throws IOException, SQLException {
    List<String> undisturbed =
        setUpAndTakenOut(request -> start(request).getResult(ReplicationResult.class));
    stage.reset();

    Set<String> killedIn = new TreeSet<>();
    assertThat(setUpAndTakenOut(request -> byKilledWorkers(request, directory, killedIn)))
        .isEqualTo(undisturbed);
    assertThat(killedIn).isEqualTo(HaltedRun.callsOf(ReplicationStep.class, CALL_NOBODY));
  }

  private static ReplicationResult byKilledWorkers(
      String request, Path directory, Set<String> killedIn) {
    stage.dismissWorker();
    WorkflowStub run = start(request);
    try (HaltedRun halted = HaltedRun.atEachAct(stage, run, directory)) {
      ReplicationResult result = run.getResult(ReplicationResult.class);
      killedIn.addAll(halted.calls());
      return result;
    } finally {
      stage.recallWorker();
    }
  }

  /** What the three runs' receipts say, and what their acts left. */
  private static List<String> setUpAndTakenOut(Workers workers) throws IOException, SQLException {
    stage.amendClusterFile(
        now ->
            now.replace(
                "replication: {",
                "replication: {synchronous: {method: first, instances: [west-0]}, "));
    Files.delete(narrows.password());
    Traces traces = Traces.of(stage.lab);
    List<String> seen = new ArrayList<>();

    String setup = "'act':'setup','overrides':'restart','reason':'first standby'";
    ReplicationResult made = workers.serve(approved(setup));
    assertThat(made.headline()).contains("1 of 1 standbys healthy");
    seen.addAll(left(traces));
    assertThat(seen).contains("base backups: 1", "starts: 2", "ends: 1");
    assertThat(narrows.sync()).containsExactly("west_0 sync");
    assertThat(narrows.ask("SELECT slot_name FROM pg_replication_slots", "east-0"))
        .containsExactly("west_0");

    workers.serve(approved("'act':'adopt','instances':'east-0','reason':'seen'"));
    seen.addAll(left(traces));

    stage.lab.stop(stage.lab.instance("west-0"));
    ReplicationResult out = workers.serve(approved("'act':'remove','reason':'over'"));
    assertThat(out.outcome()).isEqualTo("Completed");
    seen.addAll(left(traces));
    assertThat(narrows.ask("SELECT slot_name FROM pg_replication_slots", "east-0")).isEmpty();
    assertThat(narrows.ask("SELECT 1 FROM pg_roles WHERE rolname = 'lab_replication'", "east-0"))
        .isEmpty();
    return seen;
  }

  private static List<String> left(Traces traces) throws IOException, SQLException {
    List<String> left = traces.left();
    left.addAll(ReceiptInWords.besideClients(sites.lastReceipt()));
    left.addAll(narrows.lines("east-0"));
    left.addAll(
        narrows.ask(
            "SELECT name || ' = ' || setting FROM pg_file_settings WHERE sourcefile LIKE"
                + " '%auto.conf' ORDER BY seqno",
            "east-0"));
    left.addAll(narrows.ask("SELECT timeline_id::text FROM pg_control_checkpoint()", "east-0"));
    return left;
  }

  /** That request with the digest of its plan. */
  private static String approved(String asked) {
    WorkflowStub looked = start(request(asked, "plan", ""));
    assertThat(looked.getResult(ReplicationResult.class).outcome()).isEqualTo("planned");
    return request(asked, "execute", looked.query("plan", Plan.class).digest());
  }

  private static String request(String asked, String mode, String digest) {
    return String.format(
            "{'cluster':'narrows','by':'alice',%s,'mode':'%s','digest':'%s'}", asked, mode, digest)
        .replace('\'', '"');
  }

  private static WorkflowStub start(String request) {
    return stage.start("ReplicationSetup", request);
  }
}
