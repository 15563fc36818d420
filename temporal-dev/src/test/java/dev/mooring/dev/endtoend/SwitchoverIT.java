package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.contract.PooledWriters;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.switchover.SwitchoverStep;
import io.temporal.client.WorkflowStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary is moved on purpose, on real servers, while clients write. */
@Tag("heavy")
class SwitchoverIT extends SwitchoverByKilledWorkers {
  private static final String WAITED_FOR =
      "SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'";

  /** It is named to be taken off, stands still from then on, and comes along once it goes on. */
  @Test
  @Tag("all")
  void the_primary_moves_without_a_standby_that_stands_still_and_comes_back_with_it()
      throws SQLException {
    LabInstance sibling = stage.lab.instance("east-1");
    Runnable halt = () -> stage.lab.faults().signalAll(sibling, Signal.STOP);
    Runnable thaw = () -> stage.lab.faults().signalAll(sibling, Signal.CONT);
    stage.hooks.before(SwitchoverStep.DETACH, halt);
    stage.hooks.after(SwitchoverStep.DETACH, thaw); // a look at it would wait for it
    stage.hooks.before(SwitchoverStep.HAND_OVER, halt);
    try {
      RoleChangeResult there = moveWithout("west-0", "east-1");
      assertThat(there.outcome()).isEqualTo("Completed");
      assertThat(there.proof().toString())
          .contains("archived, value=00000002.history, which leaves timeline 1 where this move");
      assertThat(there.degraded())
          .singleElement()
          .asString()
          .startsWith("east-1 was detached before the stop");
      followsAsItWas("east-0", "west-0");
    } finally {
      thaw.run();
    }
    Soon.soon("east-1 streams from west-0", () -> streamsFromWest("east_1"));
    WorkflowStub run = begin("east-0");
    RoleChangeResult back = run.getResult(RoleChangeResult.class);
    assertThat(back.headline()).startsWith("east-0 is the primary, west-0 follows it");
    assertThat(back.degraded()).isEmpty();
    isStillConfiguredOutside(stage.lab.instance("west-0"));
    areKeptAndReplay(run.getExecution().getWorkflowId());
  }

  /** Of the moves, and of the plans that they were approved by. */
  private static void areKeptAndReplay(String workflow) {
    Mooring mooring = stage.mooring();
    Answer verify =
        mooring.typeUntil("verify", answer -> answer.out().contains(" 0 have no history here"));
    assertThat(verify.status()).as(verify.out() + verify.err()).isZero();
    assertThat(verify.out())
        .contains("all evidence found is as it was written")
        .containsPattern("[1-9][0-9]* histories were replayed by this release, of which 0 failed");
    Answer page = mooring.type("report " + workflow);
    assertThat(page.status()).as(page.err()).isZero();
    assertThat(page.out())
        .startsWith("# Switchover of " + stage.cluster() + " at east-0: COMPLETED")
        .contains("| asked by | alice |", "| TAKE_OVER | ")
        .contains("promoted_after_clients_were_held: ", "refused_at_west-0: 25006")
        .contains("archived: 00000003.history, which leaves timeline 2 where this move did")
        .contains("| history | " + stage.lab.evidenceStore());
  }

  /**
   * The old primary takes the new one's place among those that commits wait for, and back; clients
   * of PgBouncer wait, and see no error. Anybody may confirm at first, as a setup leaves it that
   * found the standby away.
   */
  @Test
  void a_primary_whose_commits_wait_for_a_standby_moves_and_comes_back() throws SQLException {
    stage.amendClusterFile(
        now ->
            now.replace(
                "replication: {",
                "replication: {synchronous: {method: first, instances: [west-0]}, "));
    ask("east-0", "ALTER SYSTEM SET synchronous_standby_names = '*'");
    ask("east-0", "SELECT pg_reload_conf()");

    RoleChangeResult there = moveUnseen("east-0", "west-0");
    assertThat(there.degraded()).isEmpty();
    assertThat(there.proof().toString()).contains("commits_wait_for", "[east_0]");

    assertThat(ask("west-0", "SHOW synchronous_standby_names")).isEqualTo("FIRST 1 (east_0)");
    assertThat(ask("west-0", WAITED_FOR)).isEqualTo("east_0");
    assertThat(moveUnseen("west-0", "east-0").degraded()).isEmpty();
    assertThat(ask("east-0", "SHOW synchronous_standby_names")).isEqualTo("FIRST 1 (west_0)");
    assertThat(ask("east-0", WAITED_FOR)).isEqualTo("west_0");
  }

  /** Who may write to the namespace stops no primary; a person with a key moves it. */
  @Test
  @Tag("all")
  void where_approvals_are_signed_only_an_act_of_a_signed_plan_is_done(@TempDir Path keys)
      throws SQLException, InterruptedException {
    Map<String, String> environment = new TreeMap<>(stage.lab.environment());
    environment.put("MOORING_APPROVAL_KEY", keys.resolve("ann.key").toString());
    Mooring ann = new Mooring(environment, stage.service.address());
    String approvers =
        ann.type("setup --approval-key " + keys.resolve("ann.key"))
            .out()
            .lines()
            .filter(line -> line.startsWith("  - {"))
            .collect(Collectors.joining("\n", "approvers:\n", "\n"));
    stage.amendClusterFile(now -> now + approvers);

    plan("west-0"); // the worker reads the file
    TimeUnit.SECONDS.sleep(61); // the file before counts for as long as clocks may differ
    assertThat(Intruder.handsOver(stage, "east-0"))
        .contains("EnsureHandedOver of [east-0] needs an approval that is signed")
        .contains("no approval came with it");
    assertThat(ask("east-0", "SELECT pg_is_in_recovery()")).isEqualTo("f");

    String digest = plan("west-0").digest();
    WorkflowStub run = execute("west-0", digest);
    Soon.soon(
        "it waits for a signature",
        () -> run.query("progress", Progress.class).headline().startsWith("waits for a signed"));
    String id = run.getExecution().getWorkflowId();
    Answer approved = ann.type("approve " + id + " --digest " + digest + " --reason looked");
    assertThat(approved.status()).as(approved.err()).isZero();
    assertThat(run.getResult(RoleChangeResult.class).outcome()).isEqualTo("Completed");
    assertThat(ask("west-0", "SELECT pg_is_in_recovery()")).isEqualTo("f");
  }

  /** What was done is found on the hosts, and the next move is not kept waiting by it. */
  @Test
  @Tag("all")
  void temporal_that_is_killed_in_the_promotion_goes_on_and_so_does_the_move_back()
      throws SQLException {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT60S, stop: PT20S}\n");
    stage.hooks.after(SwitchoverStep.TAKE_OVER, stage.service::crash);
    assertThat(move("west-0").degraded()).isEmpty();
    assertThat(stage.hooks.allRun()).isTrue();
    stage.hooks.before(SwitchoverStep.HAND_OVER, stage.service::crash);
    assertThat(move("east-0").degraded()).isEmpty();
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** A fast stop waits for every walsender, also for that of an asynchronous standby. */
  @Test
  @Tag("all")
  void a_standby_that_freezes_before_the_stop_takes_the_way_back() throws SQLException {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT4S, stop: PT3S}\n");
    LabInstance sibling = stage.lab.instance("east-1");
    stage.hooks.before(
        SwitchoverStep.HAND_OVER, () -> stage.lab.faults().signalAll(sibling, Signal.STOP));
    WorkflowStub run = begin("west-0");
    try {
      Soon.soon("clients are let go", () -> stateOf(run, "PAUSE").equals("undone"));
      assertThat(writerThroughPooler()).isEqualTo("east-0");
    } finally {
      // what is tidied up after that would wait for it for 10 s at a time
      stage.lab.faults().signalAll(sibling, Signal.CONT);
    }
    assertThat(Stage.endingOf(run).outcome()).isEqualTo("RolledBack");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  private static boolean streamsFromWest(String application) {
    String sql =
        "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name ="
            + " '"
            + application
            + "'";
    try (Connection connection = stage.lab.connect(stage.lab.instance("west-0"));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() && row.getInt(1) == 1;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Tag("all")
  void a_target_that_is_killed_before_it_is_promoted_takes_the_way_back() throws SQLException {
    stage.patience.only(Impatience.asksOnce());
    LabInstance target = stage.lab.instance("west-0");
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER, () -> stage.lab.faults().signalAll(target, Signal.KILL));
    EndingRecord ending = moveFails("west-0");
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isEqualTo("NOT_CAUGHT_UP");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  @Test
  @Tag("all")
  void a_pooler_that_is_restarted_while_it_is_paused_takes_the_way_back() throws SQLException {
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER,
        () -> {
          fronts.killPooler();
          fronts.startPoolerAgain();
        });
    EndingRecord ending = moveFails("west-0");
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isEqualTo("PAUSE_OVER");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** A person who starts the old primary in the midst, and one who moves it too. */
  @Test
  void a_fenced_primary_does_not_start_and_a_second_move_is_refused() {
    String digest = plan("west-0").digest();
    String another = plan("east-1").digest();
    LabInstance old = stage.lab.instance("east-0");
    CompletableFuture<RoleChangeResult> meanwhile = new CompletableFuture<>();
    CompletableFuture<EndingRecord> second = new CompletableFuture<>();
    AtomicReference<String> started = new AtomicReference<>("");
    stage.hooks.before(
        SwitchoverStep.PREPARE_SLOTS,
        () -> {
          meanwhile.complete(plan("west-0"));
          second.complete(Stage.endingOf(execute("west-0", digest)));
        });
    stage.hooks.after(SwitchoverStep.HAND_OVER, () -> started.set(startByHand(old)));
    WorkflowStub first = execute("west-0", digest);
    assertThat(first.getResult(RoleChangeResult.class).outcome()).isEqualTo("Completed");
    String follow = "`mooring follow " + first.getExecution().getWorkflowId() + "` shows it";
    assertThat(meanwhile.join().checks())
        .filteredOn(row -> row.remedy().startsWith(follow))
        .extracting(CheckRow::title)
        .containsExactly("east lock", "west lock");
    assertThat(second.join().outcome()).isEqualTo("Refused");
    assertThat(second.join().code()).isEqualTo("LOCK_HELD");
    assertThat(second.join().headline()).contains(first.getExecution().getWorkflowId());
    assertThat(started.get()).contains("mooring_fenced_epoch_");
    EndingRecord stale = Stage.endingOf(execute("east-1", another));
    assertThat(stale.outcome()).isEqualTo("Refused");
    assertThat(stale.code()).isEqualTo("PLAN_CHANGED");
  }

  private static void promote(LabInstance instance) {
    try (Connection connection = stage.lab.connect(instance);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_promote()");
    } catch (SQLException e) {
      throw new IllegalStateException(instance.id() + " was not promoted", e);
    }
  }

  private static String startByHand(LabInstance instance) {
    try {
      stage.lab.start(instance);
      return "";
    } catch (LabFailure failure) {
      return String.valueOf(failure.getMessage());
    }
  }

  @Test
  @Tag("all")
  void a_primary_that_dies_before_it_is_stopped_is_left_to_whoever_heals_it() {
    LabInstance primary = stage.lab.instance("east-0");
    stage.hooks.before(
        SwitchoverStep.HAND_OVER, () -> stage.lab.faults().signal(primary, Signal.KILL));
    EndingRecord ending = moveFails("west-0");
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isEqualTo("NO_PRIMARY");
    assertThat(ending.headline()).contains("it was not this run that ended it");
  }

  /** Nobody is promoted beside it, and once it goes on it is the one that accepts writes. */
  @Test
  @Tag("all")
  void a_primary_that_stands_still_holds_the_move_until_it_goes_on() throws SQLException {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT6S, stop: PT3S}\n");
    LabInstance primary = stage.lab.instance("east-0");
    stage.hooks.before(
        SwitchoverStep.HAND_OVER, () -> stage.lab.faults().signalAll(primary, Signal.STOP));
    WorkflowStub run = begin("west-0");
    try {
      Soon.soon("the stop took too long", () -> stateOf(run, "HAND_OVER").equals("failed"));
      assertThat(stage.lab.controlState(stage.lab.instance("west-0")))
          .isEqualTo("in archive recovery");
    } finally {
      stage.lab.faults().signalAll(primary, Signal.CONT);
    }
    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isIn("STOP_TOO_LONG", "OUTAGE_BUDGET_SPENT");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Two would accept writes if the old one were started again. */
  @Test
  @Tag("all")
  void a_target_that_a_person_promotes_in_the_outage_holds_the_move() {
    stage.clients().without(Clients.Side.PRODUCTION, "its primary stays fenced");
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT6S, stop: PT3S}\n");
    LabInstance target = stage.lab.instance("west-0");
    stage.hooks.before(SwitchoverStep.TAKE_OVER, () -> promote(target));
    WorkflowStub run = begin("west-0");
    Soon.soon("it holds", () -> stateOf(run, "TAKE_OVER").equals("held"));
    assertThat(stage.lab.isRunning(stage.lab.instance("east-0"))).isFalse();
    run.update(
        "decide",
        String.class,
        Map.of("decision", "give-up", "by", "bob", "reason", "west-0 is the primary now"));
    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("Stuck");
    assertThat(ending.headline()).contains("outside this run");
    assertThat(stage.lab.isRunning(stage.lab.instance("east-0"))).isFalse();
  }

  /** The way back looks at everybody first. */
  @Test
  @Tag("all")
  void another_than_the_target_that_a_person_promotes_in_the_outage_holds_the_way_back()
      throws Exception {
    stage.clients().silence("a person promotes a standby, and ends it again");
    stage.laws().without(1, "the old primary writes on on its timeline once that one is down");
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    LabInstance sibling = stage.lab.instance("east-1");
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER,
        () -> {
          fronts.killPooler();
          fronts.startPoolerAgain();
          promote(sibling);
        });
    WorkflowStub run = begin("west-0");
    String held =
        Soon.seen(
            "it holds",
            () -> run.query("progress", Progress.class).headline(),
            said -> said.contains("can't go on"));
    assertThat(held).contains("[east-1] accepts writes").doesNotContain("By hand", "pg_ctl");
    assertThat(stage.lab.isRunning(stage.lab.instance("east-0"))).isFalse();
    stage.lab.faults().signalAll(sibling, Signal.KILL);
    Files.createFile(sibling.dataDirectory().resolve("standby.signal"));
    run.update(
        "decide",
        String.class,
        Map.of("decision", "retry", "by", "bob", "reason", "east-1 is a standby again"));
    assertThat(Stage.endingOf(run).outcome()).isEqualTo("RolledBack");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Nothing was handed over, and nobody's error. */
  @Test
  @Tag("all")
  void a_transaction_that_does_not_end_when_clients_are_held_takes_the_way_back() throws Exception {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT6S, stop: PT3S}\n");
    String began = ask("east-0", "SELECT pg_postmaster_start_time()");
    try (Connection busy = stage.lab.fronts().orElseThrow().connectThroughPooler();
        Statement statement = busy.createStatement();
        PooledWriters writers = pooledWriters()) {
      busy.setAutoCommit(false);
      statement.execute("CREATE TABLE lab.busy (n int)");
      EndingRecord ending = moveFails("west-0");
      assertThat(List.of(ending.outcome(), ending.code()))
          .containsExactly("RolledBack", "BARRIER_NOT_REACHED");
      assertThat(ending.headline()).contains("did not end in 3.0 s", "postgres from ");
      write(writers);
      assertThat(writers.failures()).isEmpty();
      busy.commit();
    }
    assertThat(ask("east-0", "SELECT count(*) FROM lab.busy")).isEqualTo("0");
    assertThat(ask("east-0", "SELECT pg_postmaster_start_time()")).isEqualTo(began);
  }

  /** Nothing is started before it is known what became of the target; then all by itself. */
  @Test
  @Tag("all")
  void a_target_whose_host_goes_away_in_its_promotion_holds_until_it_answers() throws SQLException {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT6S, stop: PT3S}\n");
    LabInstance target = stage.lab.instance("west-0");
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER, () -> stage.lab.faults().killSshAndSessions(target.host()));
    WorkflowStub run = begin("west-0");
    Soon.within(Duration.ofMinutes(2), "it holds", () -> stateOf(run, "TAKE_OVER").equals("held"));
    assertThat(stage.lab.isRunning(stage.lab.instance("east-0"))).isFalse();
    stage.lab.faults().startSsh(target.host());
    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Of one whose commits wait for the target, without a standby that is taken off before it. */
  @Test
  @Tag("all")
  void workers_killed_before_and_after_every_step_do_each_act_once(@TempDir Path directory)
      throws SQLException {
    waitsForTarget();
    Traces first = Traces.logged(stage.lab);
    RoleChangeResult alone = moveWithout("west-0", "east-1");
    List<String> undisturbed = left(first);
    asBefore();
    frontsAsInTheBeginning();
    waitsForTarget();
    Traces second = Traces.logged(stage.lab);
    Set<String> points = HaltedRun.pointsOf(SwitchoverStep.class, NO_CALLS);
    RoleChangeResult moved = movesThoughKilledAt(directory, points, WITHOUT_ONE, "every step");
    assertThat(left(second)).isEqualTo(undisturbed);
    assertThat(moved.degraded()).isEqualTo(alone.degraded());
    assertThat(ask("west-0", "SHOW synchronous_standby_names")).isEqualTo("FIRST 1 (east_0)");
  }
}
