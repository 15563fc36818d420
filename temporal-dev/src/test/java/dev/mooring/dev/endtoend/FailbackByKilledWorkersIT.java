package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.failback.FailbackStep;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The primary was moved west on purpose, and of what the old one had on its disk only WAL is left;
 * it is copied anew and has the primary again: once undisturbed, and once by workers that are
 * killed where healing and moving meet. {@link ResilverByKilledWorkersIT} and {@link SwitchoverIT}
 * kill them at each act of either.
 */
@Tag("all")
@Tag("heavy")
class FailbackByKilledWorkersIT {
  /** That call nobody, or by another step's name, or nobody here. */
  static final EnumSet<FailbackStep> NO_CALLS =
      EnumSet.of(
          FailbackStep.RESOLVE,
          FailbackStep.LOOK_AHEAD,
          FailbackStep.APPROVE_RESILVER,
          FailbackStep.AUTHORITY,
          FailbackStep.RUN_BEFORE,
          FailbackStep.COPY_INSTEAD,
          FailbackStep.RUN_AFTER,
          FailbackStep.UNLOCK,
          FailbackStep.APPROVE,
          FailbackStep.LOCK,
          FailbackStep.PREPARE_SYNCHRONOUS,
          FailbackStep.DETACH);

  /**
   * Where the locks are taken to heal, given back while the old side catches up, and taken again
   * for the move.
   */
  private static final EnumSet<FailbackStep> SEAMS =
      EnumSet.of(
          FailbackStep.LOCK_FOR_RESILVER,
          FailbackStep.START,
          FailbackStep.CATCH_UP,
          FailbackStep.RESILVERED,
          FailbackStep.TIDY,
          FailbackStep.CHECK,
          FailbackStep.OBSERVE_AGAIN);

  /** A base backup, a catch-up that is looked at each 15 s, and two workers for each seam. */
  private static final Duration UNTIL_IT_IS_HEALED = Duration.ofMinutes(10);

  private static final String SLOTS =
      "SELECT string_agg(slot_name || ' ' || active, ', ' ORDER BY slot_name)"
          + " FROM pg_replication_slots";

  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.streaming(2).behind(LabPlan.Front.PGBOUNCER).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    Traces.letBeLogged(stage.lab);
    stage.begin();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void ends_as_if_undisturbed_and_nothing_is_done_twice(@TempDir Path directory) {
    String planned = brokenAndPlanned();
    Traces first = Traces.of(stage.lab);
    List<String> undisturbed = back(execute(planned), first);
    stage.reset();
    stage.lab.fronts().orElseThrow().renew();

    String digest = brokenAndPlanned();
    Traces second = Traces.of(stage.lab);
    stage.dismissWorker();
    WorkflowStub run = execute(digest);
    Set<String> all = HaltedRun.pointsOf(FailbackStep.class, NO_CALLS);
    Set<String> seams = HaltedRun.bothOf(SEAMS);
    try (HaltedRun halted = HaltedRun.at(stage, run, directory, all, seams)) {
      assertThat(back(run, second)).isEqualTo(undisturbed);
      assertThat(seams).allMatch(halted::halted);
      assertThat(halted.workers()).isGreaterThan(seams.size());
    } finally {
      stage.recallWorker();
    }
  }

  /** Clients of PgBouncer bear 120 s, in which many workers die here. */
  private static String brokenAndPlanned() {
    stage.amendClusterFile(SwitchoverByKilledWorkers::patient);
    String move = switchover("plan", "").getResult(RoleChangeResult.class).digest();
    assertThat(switchover("execute", move).getResult(RoleChangeResult.class).outcome())
        .isEqualTo("Completed");
    loseAllButWal(stage.lab.instance("east-0"));
    RoleChangeResult looked = failback("plan", "").getResult(RoleChangeResult.class);
    assertThat(looked.headline()).startsWith("east-0 by BASE_BACKUP; once it has caught up, ");
    return looked.digest();
  }

  private static void loseAllButWal(LabInstance instance) {
    stage.lab.faults().signalAll(instance, Signal.KILL);
    stage.lab.run(
        instance.host(),
        "find",
        instance.dataDirectory().toString(),
        "-mindepth",
        "1",
        "!",
        "-path",
        "*/pg_wal*",
        "-delete");
  }

  private static WorkflowStub switchover(String mode, String digest) {
    return stage.start("Switchover", request("west-0", mode, digest));
  }

  private static WorkflowStub execute(String digest) {
    return failback("execute", digest);
  }

  private static WorkflowStub failback(String mode, String digest) {
    return stage.start("Failback", request("east", mode, digest));
  }

  private static String request(String to, String mode, String digest) {
    return String.format(
            "{'cluster':'%s','to':'%s','mode':'%s','by':'ann','digest':'%s'}",
            stage.cluster(), to, mode, digest)
        .replace('\'', '"');
  }

  /** Approves the move once all is healed; at its end, what the acts left and the receipt says. */
  private static List<String> back(WorkflowStub run, Traces traces) {
    Soon.within(
        UNTIL_IT_IS_HEALED,
        "its move waits for an approval, or it is over",
        () -> !stage.service.isOpen(run) || isAtApproval(run));
    if (stage.service.isOpen(run)) {
      approve(run);
    }
    RoleChangeResult result = run.getResult(RoleChangeResult.class);
    assertThat(result.headline()).startsWith("east-0 is the primary, west-0 follows it");
    assertThat(result.degraded()).isEmpty();
    assertSameRows();
    List<String> left = traces.left();
    assertThat(left).contains("base backups: 1", "promotions: 1", "ends: 1", "starts: 2");
    for (LabInstance instance : stage.lab.instances()) {
      left.add(instance.id() + " has slots " + sites.ask(instance, SLOTS));
    }
    Receipt receipt = sites.lastReceipt();
    assertThat(receipt.decisions())
        .extracting(DecisionRecord::decision, DecisionRecord::by)
        .containsExactly(tuple("approve", "ann"), tuple("approve", "bob"));
    left.addAll(ReceiptInWords.besideClients(receipt));
    return left;
  }

  /** As the service has it: there may be no worker to ask. */
  private static boolean isAtApproval(WorkflowStub run) {
    return FailbackStep.APPROVE
        .name()
        .equals(run.describe().getTypedSearchAttributes().get(SearchAttributes.STEP));
  }

  private static void approve(WorkflowStub run) {
    String digest = run.query("plan", Plan.class).digest();
    run.update(
        "decide",
        String.class,
        Typed.json(
            "{'decision':'approve','by':'bob','reason':'looked','digest':'" + digest + "'}"));
  }

  /** Clients write on; each standby has all that the primary had when it was asked. */
  private static void assertSameRows() {
    String ledger = "SELECT max(seq) FROM lab.ledger";
    long primary = Long.parseLong(ask("east-0", ledger));
    for (String standby : List.of("east-1", "west-0")) {
      assertThat(ask(standby, "SELECT pg_is_in_recovery()")).isEqualTo("t");
      Soon.soon(
          standby + " has row " + primary, () -> Long.parseLong(ask(standby, ledger)) >= primary);
    }
    assertThat(ask("east-0", "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"))
        .isEqualTo("00000003");
  }

  private static String ask(String instance, String query) {
    return sites.ask(stage.lab.instance(instance), query);
  }
}
