package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.endtoend.Mooring.Typed;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.failback.FailbackStep;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The primary was moved west on purpose, and what the old one had on its disk is lost; then it goes
 * back, by the command line and while clients write, though workers are killed: in the outage, and
 * at one other point.
 */
@Tag("heavy")
class FailbackIT {
  private static final Set<String> POINTS = HaltedRun.pointsOf(FailbackStep.class);

  /** Of which something is done while nobody accepts writes. */
  private static final List<String> OUTAGE =
      List.of("HAND_OVER.before", "HAND_OVER.after", "TAKE_OVER.before", "TAKE_OVER.after");

  /** A base backup, a catch-up that is looked at each 15 s, and two workers begun in between. */
  private static final Duration UNTIL_IT_IS_HEALED = Duration.ofMinutes(3);

  private static Stage stage;
  private static Sites sites;
  private static Mooring mooring;

  @BeforeAll
  static void up() {
    stage = new Stage(LabPlan.streaming(2).behind(LabPlan.Front.PGBOUNCER).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    mooring = stage.mooring();
    stage.begin();
    stage.amendClusterFile(SwitchoverByKilledWorkers::patient);
  }

  @AfterAll
  static void down() {
    stage.close();
  }

  @Test
  void the_old_side_is_healed_and_has_the_primary_again_with_every_row(@TempDir Path directory) {
    long seed = Long.getLong("mooring.seed", System.nanoTime());
    System.out.println("killed by seed " + seed + ", again with -Dmooring.seed=" + seed);
    Set<String> killed = chosen(new Random(seed));
    move();
    lose(stage.lab.instance("east-0"));

    Answer plan = done("plan failback " + stage.cluster() + " --to east");
    assertThat(plan.out())
        .contains("east-0: BASE_BACKUP from west-0", "then endpoint pooler will point at east-0");
    stage.dismissWorker();
    Typed failback =
        mooring.begin(
            typed("failback") + " --to east --reason fixed --by ann --digest " + digestOf(plan));
    Soon.soon("the run began", FailbackIT::hasBegun);
    try (HaltedRun halted = HaltedRun.at(stage, open(), directory, POINTS, killed)) {
      approvedByAnother(failback);
      Answer ended = failback.answer();
      assertThat(ended.out()).contains("east-0 is the primary, west-0 follows it");
      assertThat(ended.status()).isEqualTo(ExitCode.DONE.status());
      assertThat(killed).as("seed " + seed).allMatch(halted::halted);
    } finally {
      stage.recallWorker();
    }
    assertReceipt();
    assertSameRows();
    assertThat(done("verify " + stage.cluster()).out())
        .startsWith("strait: all evidence found is as it was written")
        .contains("in one chain", "of which 0 failed");
  }

  /**
   * A rewind brings WAL files without their marks, and the archive_command of PostgreSQL's manual
   * refuses each file that is there: the archiver goes on all the same, by the run or by the watch.
   */
  @Test
  @Tag("all")
  void a_way_back_over_a_rewind_leaves_no_archiver_that_fails_for_good() {
    stage.amendClusterFile(now -> now + "watch: {every: PT1S}\n");
    String archive = stage.lab.archive(0).toString();
    String command =
        String.format("archive_command = 'test ! -f %1$s/%%f && cp %%p %1$s/%%f'", archive);
    for (LabInstance instance : stage.lab.instances()) {
      set(instance.id(), command);
      set(instance.id(), "wal_keep_size = '64MB'");
    }
    done("monitor " + stage.cluster() + " on");
    stage.lab.faults().signalAll(stage.lab.instance("east-0"), Signal.KILL);
    String failover = typed("failover") + " --to west-0";
    done(failover + " --reason dead --by ann --digest " + digestOf(done("plan " + failover)));
    // the rewind brings their .ready too, and nobody looks at it before the promotion
    set("west-0", "archive_command = 'false'");
    for (int ended = 0; ended < 2; ended++) {
      ask("west-0", "SELECT pg_logical_emit_message(true, 'mooring', 'brought by the rewind')");
      ask("west-0", "SELECT pg_switch_wal()");
    }

    Answer plan = done("plan " + typed("resilver"));
    assertThat(plan.out()).contains("east-0: REWIND from west-0");
    done(typed("resilver") + " --reason fixed --by ann --digest " + digestOf(plan));
    set("west-0", command);
    String brought = ask("west-0", "SELECT pg_walfile_name(pg_switch_wal())");
    Soon.soon(brought + " is archived", () -> Files.exists(stage.lab.archive(0).resolve(brought)));
    String back = typed("switchover") + " --to east-0";
    done(back + " --by ann --digest " + digestOf(done("plan " + back)));
    String wal = ask("east-0", "SELECT pg_walfile_name(pg_switch_wal())");
    Soon.within(
        UNTIL_IT_IS_HEALED,
        wal + " is archived",
        () -> Files.exists(stage.lab.archive(0).resolve(wal)));
    assertThat(ask("east-0", "SELECT failed_count > 0 FROM pg_stat_archiver"))
        .as("a file that the rewind brought was refused")
        .isEqualTo("t");
  }

  /** Where no WAL is left none is kept. */
  private static EnumSet<FailbackStep> silent() {
    EnumSet<FailbackStep> silent = EnumSet.copyOf(FailbackByKilledWorkersIT.NO_CALLS);
    silent.add(FailbackStep.KEEP_WAL);
    return silent;
  }

  /** One point of the outage, and one of the others. */
  private static Set<String> chosen(Random random) {
    List<String> others = new ArrayList<>(HaltedRun.pointsOf(FailbackStep.class, silent()));
    others.removeAll(OUTAGE);
    Collections.shuffle(others, random);
    Set<String> chosen = new TreeSet<>(others.subList(0, 1));
    chosen.add(OUTAGE.get(random.nextInt(OUTAGE.size())));
    return chosen;
  }

  private static void approvedByAnother(Typed failback) {
    Soon.within(
        UNTIL_IT_IS_HEALED,
        "the move waits for its own approval",
        () -> failback.hasEnded() || failback.said().contains("waits for an approval"));
    assertThat(failback.hasEnded()).as(failback.said()).isFalse();
    assertHealedAndUnlocked();
    String approve = "approve " + run() + " --digest " + digest() + " --reason looked --by ";
    assertThat(mooring.type(approve + "ann").err()).contains("another person must approve it");
    done(approve + "bob");
  }

  /** A switchover west, with the digest of its plan. */
  private static void move() {
    Answer plan = done("plan switchover " + stage.cluster() + " --to west-0 --verbose");
    assertThat(plan.out())
        .contains("west-0: standby", "becomes primary", "endpoint pooler will point at west-0")
        .contains("in these steps:", "verify that the target has all of its WAL, and promote it")
        .containsPattern("expected outage +at most \\d")
        .containsPattern("east-0 archive-backlog +0 files; must be at most 8: good");
    assertThat(ask("east-0", "SELECT pg_is_in_recovery()")).isEqualTo("f");
    String digest = digestOf(plan);
    done(typed("switchover") + " --to west-0 --by ann --digest " + digest);
  }

  private static void lose(LabInstance instance) {
    stage.lab.faults().signalAll(instance, Signal.KILL);
    stage.lab.run(
        instance.host(), "find", instance.dataDirectory().toString(), "-mindepth", "1", "-delete");
  }

  /** It streams from the primary, which is still the west's; whoever needs a lock has it. */
  private static void assertHealedAndUnlocked() {
    assertThat(ask("east-0", "SELECT pg_is_in_recovery()")).isEqualTo("t");
    assertThat(ask("west-0", "SELECT pg_is_in_recovery()")).isEqualTo("f");
    assertThat(
            ask(
                "west-0",
                "SELECT state FROM pg_stat_replication WHERE application_name = 'east_0'"))
        .isEqualTo("streaming");
    assertThat(isLocked("east")).isFalse();
    assertThat(isLocked("west")).isFalse();
  }

  private static boolean isLocked(String site) {
    String lock = LockWorkflow.idOf(new ClusterName(stage.cluster()), new SiteName(site));
    return stage.service.client().newUntypedWorkflowStub(lock).describe().getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  private static boolean hasBegun() {
    try {
      return !open().describe().getExecution().getRunId().isEmpty();
    } catch (WorkflowNotFoundException notYet) {
      return false;
    }
  }

  private static void assertReceipt() {
    Receipt receipt = sites.lastReceipt();
    assertThat(receipt.run().runbook()).isEqualTo("Failback");
    assertThat(receipt.decisions())
        .extracting(DecisionRecord::decision, DecisionRecord::by)
        .containsExactly(tuple("approve", "ann"), tuple("approve", "bob"));
    assertThat(receipt.steps())
        .extracting(step -> step.step())
        .contains(FailbackStep.COPY.name(), FailbackStep.TAKE_OVER.name());
    assertThat(receipt.seen().degraded()).isEmpty();
  }

  /** Once clients are silent each member has every row that there is. */
  private static void assertSameRows() {
    stage.clients().silence("rows are counted on every member");
    sites.assertSameRows("east-0");
  }

  private static String ask(String instance, String query) {
    return sites.ask(stage.lab.instance(instance), query);
  }

  private static void set(String instance, String setting) {
    sites.change(stage.lab.instance(instance), "ALTER SYSTEM SET " + setting);
    ask(instance, "SELECT pg_reload_conf()");
  }

  private static String typed(String command) {
    return command + " " + stage.cluster();
  }

  private static Answer done(String line) {
    Answer answer = mooring.type(line);
    assertThat(answer.status()).as(line + ": " + answer.out() + answer.err()).isZero();
    return answer;
  }

  private static String run() {
    return Runbook.FAILBACK.id(new ClusterName(stage.cluster()));
  }

  private static String digestOf(Answer plan) {
    return plan.out()
        .lines()
        .filter(line -> line.startsWith("digest: "))
        .map(line -> line.substring("digest: ".length()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no digest in " + plan.out()));
  }

  private static WorkflowStub open() {
    return stage.service.client().newUntypedWorkflowStub(run());
  }

  private static String digest() {
    return open().query("plan", Plan.class).digest();
  }
}
