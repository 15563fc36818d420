package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.starter.console.ExitCode;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The primary is gone, on real servers, while clients write. */
@Tag("heavy")
class FailoverIT extends FailoverLoss {
  private static final Pattern STEP = Pattern.compile("\"step\":\"([A-Z_]+)\"");

  /** The old one comes back as a standby, and nothing else lets it start. */
  @Test
  @Tag("all")
  void a_primary_that_was_killed_is_followed_by_a_standby_and_comes_back_fenced()
      throws SQLException {
    LabInstance old = stage.lab.instance("east-0");
    stage.amendClusterFile(
        now ->
            now.replace(
                "replication: {",
                "replication: {onRoleChange: 'echo {role} {cluster} >{data_directory}.role', "));
    stage.lab.faults().signalAll(old, Signal.KILL);
    Mooring mooring = stage.mooring();
    Answer plan = mooring.type("plan failover strait");
    assertThat(plan.out())
        .contains("east-0 is POSTMASTER_DEAD; no check blocks promoting west-0")
        .containsPattern("candidates:\n  candidate +site +lost with it +bytes behind ")
        .contains("witness ");
    Answer done =
        mooring.type("failover strait --reason dead --digest " + Replicated.digest(plan.out()));
    assertThat(done.status()).as(done.out() + done.err()).isZero();
    assertThat(done.out()).contains("west-0 is the primary on timeline 2, ", "east-0 is fenced");
    assertThat(writerThroughPooler()).isEqualTo("west-0");
    assertThat(toldRole("west-0")).isEqualTo("primary strait");
    assertThat(toldRole("east-1")).isEqualTo("standby strait");
    assertThat(toldRole("east-0")).isEqualTo("fenced strait");
    // also where east-1 had got more of its WAL than west-0 when it died
    assertThat(ask("west-0", "SHOW synchronous_standby_names")).isEqualTo("FIRST 1 (east_1)");
    assertThatThrownBy(() -> stage.lab.start(old))
        .isInstanceOf(LabFailure.class)
        .hasMessageContaining("mooring_fenced_epoch_");
    assertThat(mooring.type("status strait").out())
        .startsWith("west-0 at west is the primary on timeline 2; ")
        .contains("east-0 server-process: down", "`mooring resilver strait --inst")
        .contains("east-0 lost-transactions: was primary and is no standby");
    Answer looked = mooring.type("plan resilver strait");
    Answer resilvered =
        mooring.type("resilver strait --reason back --digest " + Replicated.digest(looked.out()));
    assertThat(resilvered.status()).as(resilvered.out() + resilvered.err()).isZero();
    assertThat(writerThroughPooler()).isEqualTo("west-0");
    assertThat(mooring.type("status strait").out()).doesNotContain("not listed");
  }

  /** What the command of the cluster file was told there. */
  private static String toldRole(String id) {
    LabInstance instance = stage.lab.instance(id);
    return stage.lab.run(instance.host(), "cat", instance.dataDirectory() + ".role").strip();
  }

  /**
   * Nobody is awake: what the file asks for holds, and the fence is a proof on the host. A worker
   * that is killed while it watches is followed by one that goes on watching.
   */
  @Test
  @Tag("all")
  void a_run_that_waited_for_it_fails_over_without_a_person(@TempDir Path directory)
      throws SQLException {
    stage.amendClusterFile(
        now -> now + "failover: {automatic: {after: PT5S, quiet: PT1H, rehearsedWithin: P1D}}\n");
    Answer rehearsed = stage.mooring().type("rehearse strait");
    assertThat(rehearsed.out()).as(rehearsed.err()).startsWith("strait: rehearsal passed");
    WorkflowStub run = watching();
    stage.dismissWorker();
    try (WorkerProcess worker =
        WorkerProcess.ofBothSites(
            stage.lab, stage.service.address(), directory.resolve("worker.log"))) {
      Soon.soon("it watches", () -> isWatchedBy(worker, run));
      worker.kill();
      Soon.soon("another one is there", () -> worker.starts() == 2);
      HaltingWorker.forgetTheDeadWorker(stage.service.client(), run.getExecution().getWorkflowId());
      Soon.soon("that one watches", () -> isWatchedBy(worker, run));
      assertThat(writerThroughPooler()).isEqualTo("east-0");
      kill("east-0");
      Soon.soon("another one accepts writes", FailoverIT::isWritableThroughPooler);
      run.getResult(RoleChangeResult.class);
    } finally {
      stage.recallWorker();
    }
    RoleChangeResult result = run.getResult(RoleChangeResult.class);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.headline()).contains("is the primary on timeline 2, ", "east-0 is fenced");
    assertThat(result.degraded()).noneMatch(line -> line.startsWith("east-1 "));
    assertThat(stepsInTheHistoryOf(run))
        .containsSubsequence(
            "WATCH", "OBSERVE_AGAIN", "FENCE", "PROMOTE", "FOLLOW", "ROUTE", "VERIFY");
    assertThat(stage.mooring().type("report " + run.getExecution().getWorkflowId()).out())
        .contains("failover.automatic of the cluster file");
    asksAPersonTheSecondTime();
  }

  /** The new primary dies too, within `failover.automatic.quiet` of the first time. */
  private static void asksAPersonTheSecondTime() {
    WorkflowStub again = watching();
    until("it watches", again, now -> now.toString().contains("connects to west-0"));
    kill("west-0");
    untilAPersonIsAsked(again);
    assertThat(again.query("plan", Plan.class).toString())
        .containsPattern(
            "automatic-quiet, value=the right to write changed .* ago; must be [^:]*: warning");
    String id = again.getExecution().getWorkflowId();
    done(stage.mooring(), "reject " + id + " --by bob --reason the-second-within-an-hour");
    assertThat(Stage.endingOf(again).outcome()).isEqualTo("Refused");
    assertThat(ask("east-1", "SELECT pg_is_in_recovery()")).isEqualTo("t");
    stage.lab.start(stage.lab.instance("west-0"));
  }

  private static WorkflowStub watching() {
    return start(",\"mode\":\"execute\",\"by\":\"alice\",\"when\":\"primary-down\"");
  }

  /** Each site's watch is that worker's; a run that ended before tells why. */
  private static boolean isWatchedBy(WorkerProcess worker, WorkflowStub run) {
    if (!stage.service.isOpen(run)) {
      throw new AssertionError("it has ended: " + run.getResult(RoleChangeResult.class).headline());
    }
    return stage
        .service
        .activityTypesAt(worker.identity(), run)
        .equals(List.of("AwaitSilence", "AwaitSilence"));
  }

  /** In their order, each once, as Temporal keeps the calls that were made for them. */
  private static List<String> stepsInTheHistoryOf(WorkflowStub run) {
    return stage.service.events(run).stream()
        .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
        .flatMap(event -> inputOf(event).stream())
        .flatMap(input -> STEP.matcher(input.getData().toStringUtf8()).results())
        .map(found -> found.group(1))
        .distinct()
        .toList();
  }

  private static List<Payload> inputOf(HistoryEvent scheduled) {
    return scheduled.getActivityTaskScheduledEventAttributes().getInput().getPayloadsList();
  }

  private static boolean isWritableThroughPooler() {
    try {
      writerThroughPooler();
      return true;
    } catch (SQLException | AssertionError notYet) {
      return false;
    }
  }

  /**
   * Halted by a signal: it would go on writing, and is ended before anybody is promoted. Whoever
   * thaws it finds nothing, and it does not start. PgBouncer is away, and the run does not end
   * before it leads clients to the new primary.
   */
  @Test
  @Tag("all")
  void a_primary_that_stands_still_never_writes_again() throws SQLException {
    LabInstance old = stage.lab.instance("east-0");
    stage.lab.faults().signalAll(old, Signal.STOP);
    stage.lab.fronts().orElseThrow().killPooler();
    RoleChangeResult other = start(",\"to\":\"east-1\"").getResult(RoleChangeResult.class);
    assertThat(other.headline()).contains("east-1", "(rule waited-for)");
    assertThat(other.checks())
        .filteredOn(row -> row.verdict() == CheckRow.Judged.WARNING)
        .extracting(CheckRow::title)
        .contains("pooler endpoint");
    WorkflowStub run = begin("");
    until("it waits for PgBouncer", run, now -> now.headline().startsWith("ROUTE can't"));
    stage.lab.fronts().orElseThrow().startPoolerAgain();
    RoleChangeResult result = run.getResult(RoleChangeResult.class);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.proof().toString()).contains("verdict, value=FROZEN");
    assertThat(stage.lab.controlState(old)).isEqualTo("in production");
    assertThat(writerThroughPooler()).isEqualTo("west-0");
    assertThatThrownBy(() -> stage.lab.faults().signalAll(old, Signal.CONT))
        .hasMessage("east-0 has no processes to signal");
    assertThat(stage.lab.isRunning(old)).isFalse();
    assertThatThrownBy(() -> stage.lab.start(old)).hasMessageContaining("mooring_fenced_epoch_");
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  /** Neither a worker nor Temporal is there, and what the plan says is typed, line by line. */
  @Test
  @Tag("all")
  void a_failover_is_made_by_hand_as_the_plan_says_and_a_switchover_leads_back()
      throws SQLException {
    stage.laws().without(7, "a person does it");
    stage.lab.faults().signalAll(stage.lab.instance("east-0"), Signal.STOP);
    stage.dismissWorker();
    stage.service.kill();
    try {
      Answer plan = stage.mooring().type("plan failover strait --to west-0 --by-hand");
      assertThat(plan.status()).as(plan.out() + plan.err()).isZero();
      new MoveByHand(stage.lab).type(MoveByHand.linesOf(plan.out()));
      assertThat(writerThroughPooler()).isEqualTo("west-0");
      assertThatThrownBy(() -> stage.lab.start(stage.lab.instance("east-0")))
          .hasMessageContaining("mooring_fenced_epoch_0");
    } finally {
      stage.service.startAgain();
      stage.recallWorker();
    }
    Mooring mooring = stage.mooring();
    for (String line : List.of("adopt strait west-0", "resilver strait")) {
      done(mooring, line + " --reason by-hand" + digestOf(mooring, line));
    }
    done(mooring, "replicate setup strait --reason by-hand");
    String back = "switchover strait --to east-0";
    done(mooring, back + " --reason by-hand" + digestOf(mooring, back));
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** A person promoted one beside the primary: one is kept by approval, the other one healed. */
  @Test
  @Tag("all")
  void of_two_that_accept_writes_both_are_named_one_is_kept_and_what_the_other_has_is_listed()
      throws SQLException {
    stage.clients().silence("two accept writes by hand");
    stage.laws().without(1, "a person promotes a standby beside the primary");
    stage.laws().without(7, "a person promotes a standby beside the primary");
    ask("west-0", "SELECT pg_promote()");
    ask("east-0", "SET synchronous_commit = local; CREATE TABLE only_at_the_other ()");
    Mooring mooring = stage.mooring();
    for (String runbook : List.of("failover strait", "switchover strait --to east-1")) {
      Answer plan = mooring.type("plan " + runbook);
      assertThat(plan.status()).as(runbook).isEqualTo(ExitCode.REFUSED.status());
      assertThat(plan.out() + plan.err()).as(runbook).contains("east-0", "west-0");
    }
    assertThat(mooring.type("whois strait").status()).isEqualTo(ExitCode.STATUS_CRITICAL.status());
    Answer plan = mooring.type("plan adopt strait west-0");
    assertThat(plan.out())
        .contains(
            "west-0 accepts writes on timeline 2", "east-0 accepts writes too, on timeline 1");
    assertThat(ask("east-0", "SELECT pg_is_in_recovery()")).isEqualTo("f");
    done(
        mooring,
        "adopt strait west-0 --reason it-has-more" + digestOf(mooring, "adopt strait west-0"));
    assertThatThrownBy(() -> stage.lab.start(stage.lab.instance("east-0")))
        .isInstanceOf(LabFailure.class)
        .hasMessageContaining("mooring_fenced_epoch_");
    String heal = "resilver strait --instances east-0";
    done(mooring, heal + " --reason healed" + digestOf(mooring, heal));
    assertThat(mooring.type("report mooring:strait:resilver").out())
        .containsPattern("transactions that only it has.*[1-9]")
        .contains("COMMIT");
    Soon.soon("east-0 follows", () -> ask("east-0", "SELECT pg_is_in_recovery()").equals("t"));
    assertThat(ask("west-0", "SELECT pg_is_in_recovery()")).isEqualTo("f");
  }

  private static String digestOf(Mooring mooring, String line) {
    return " --digest " + Replicated.digest(mooring.type("plan " + line).out());
  }

  private static void done(Mooring mooring, String line) {
    Answer answer = mooring.type(line);
    assertThat(answer.status()).as(line + ": " + answer.out() + answer.err()).isZero();
  }
}
