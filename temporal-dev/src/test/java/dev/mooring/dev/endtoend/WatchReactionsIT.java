package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.StartGuard;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.RunResult;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.ClusterName;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a watch of real servers starts by itself: one run for each of its reactions, and the primary
 * after a reboot of its host.
 */
@Tag("all")
@Tag("heavy")
class WatchReactionsIT extends FailoverStage {
  private static final String COMMIT = "CREATE TABLE waited ()";

  private static final String WAITS =
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = '"
          + COMMIT
          + "'";

  private static final String STREAMS =
      "SELECT count(*) FROM pg_stat_replication"
          + " WHERE application_name = 'east_1' AND state = 'streaming'";

  /** No launcher of the lab asks the guard, which is not rehearsed then. */
  private static final List<Integer> REHEARSED =
      List.of(ExitCode.DONE.status(), ExitCode.STATUS_WARNING.status());

  private static final String BOOT = "/proc/sys/kernel/random/boot_id";

  /** Else the watch starts runs in the tests that follow, and those go on. */
  @AfterEach
  void endRuns() {
    Soon.soon(
        "no run is open",
        () -> {
          List<String> open = listed("ExecutionStatus = 'Running'");
          open.forEach(WatchReactionsIT::end);
          return open.isEmpty();
        });
  }

  private static void end(String id) {
    try {
      run(id).terminate("the test is over");
    } catch (WorkflowNotFoundException over) {
      // it ended since it was listed
    }
  }

  /** The watch begins once the commit waits: no order of the two is assumed. */
  @Test
  void a_commit_that_waits_for_a_standby_that_is_gone_returns_once_the_watch_relaxes_it() {
    stage
        .clients()
        .silence("one that gives up while its commit waits can't know what became of it");
    stage.lab.stop(stage.lab.instance("west-0"));
    stage.lab.stop(stage.lab.instance("east-1"));
    CompletableFuture<Void> commit = CompletableFuture.runAsync(WatchReactionsIT::commit);
    Soon.soon("a commit waits", () -> ask("east-0", WAITS).equals("1"));
    reacts(", reactions: {synchronous: act}");
    watched();

    String id = started("mooring:strait:replication:relax-");

    assertThat(outcome(id, ReplicationResult.class)).isEqualTo("Completed");
    Soon.soon("the commit returns", commit::isDone);
    commit.join();
    assertThat(ask("east-0", "SHOW synchronous_standby_names")).isEmpty();
    assertThat(stage.lab.instances())
        .allSatisfy(one -> assertThat(ofMooring(one).resolve("east-0.relaxed")).exists());
    assertThat(runs("mooring:strait:replication:relax-")).containsExactly(id);
  }

  /** It waits without the limit that a session of the lab has for an answer. */
  private static void commit() {
    try (Connection client = stage.lab.connect(stage.lab.instance("east-0"));
        Statement statement = client.createStatement()) {
      client.setNetworkTimeout(Runnable::run, 0);
      statement.execute(COMMIT);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_primary_that_was_killed_is_failed_over_once_a_person_approves_what_the_watch_proposed() {
    reacts(", reactions: {failover: propose}");
    watched();
    FailoverFaults.kill("east-0");

    String id = started("mooring:strait:failover:primary-down-");

    untilAPersonIsAsked(run(id));
    assertThat(writers()).isEmpty();
    String digest = run(id).query("plan", Plan.class).digest();
    typed("approve " + id + " --by bob --reason looked-at --digest " + digest);
    assertThat(outcome(id, RoleChangeResult.class)).isEqualTo("Completed");
    assertThat(writers()).containsExactly("west-0");
    assertThatThrownBy(() -> stage.lab.start(stage.lab.instance("east-0")))
        .hasMessageContaining("mooring_fenced_epoch_");
    assertThat(runs("mooring:strait:failover:primary-down-")).containsExactly(id);
  }

  @Test
  void a_primary_that_was_killed_is_failed_over_by_the_run_that_the_watch_keeps_open() {
    stage.amendClusterFile(
        now -> now + "failover: {automatic: {after: PT5S, quiet: PT1H, rehearsedWithin: P1D}}\n");
    reacts(", reactions: {failover: act}");
    Answer rehearsed = stage.mooring().type("rehearse strait");
    assertThat(rehearsed.status()).as(rehearsed.out() + rehearsed.err()).isIn(REHEARSED);
    watched();

    String id = started("mooring:strait:failover:watch-");

    until("it watches", run(id), now -> now.toString().contains("connects to east-0"));
    assertThat(writers()).containsExactly("east-0");
    assertThat(runs("mooring:strait:failover:watch-")).containsExactly(id);
    FailoverFaults.kill("east-0");
    assertThat(outcome(id, RoleChangeResult.class)).isEqualTo("Completed");
    assertThat(writers()).containsExactly("west-0");
  }

  @Test
  void a_standby_that_lost_its_connection_is_resilvered_by_the_watch_and_streams_again() {
    stage
        .clients()
        .silence("what a standby replays from the archive begins the count of looks anew");
    reacts(", reactions: {resilver: act, resilverAfterLooks: 2}");
    watched();
    ask("east-1", "ALTER SYSTEM SET primary_conninfo = ''");
    ask("east-1", "SELECT pg_reload_conf()");

    String id = started("mooring:strait:resilver:east-1-");

    assertThat(outcome(id, ResilverResult.class)).isEqualTo("Completed");
    assertThat(ask("east-0", STREAMS)).isEqualTo("1");
    assertThat(runs("mooring:strait:resilver:east-1-")).containsExactly(id);
  }

  /** The primary was named in the boot before, and its launcher asks the guard. */
  @Test
  @Tag("root") // only root gives a host another boot
  void a_primary_whose_host_starts_again_is_started_by_the_watch_which_wakes_nobody(
      @TempDir Path notices) throws IOException {
    Path sent = notices.resolve("sent");
    LabInstance primary = stage.lab.instance("east-0");
    String digest = Replicated.digest(stage.mooring().type("plan adopt strait east-0").out());
    typed("adopt strait east-0 --reason its-launcher-asks-the-guard --digest " + digest);
    reacts("");
    stage.amendClusterFile(
        now ->
            now
                + "notices: {channels: [{name: chat, from: info, command: \"echo {severity}"
                + " {headline} >>"
                + sent
                + "\"}]}\n");
    watched();
    stage.lab.stop(primary);
    stage.lab.faults().boots(primary.host());
    String boot = stage.lab.run(primary.host(), "cat", BOOT).strip();
    guardWaits(primary);

    String id = started("mooring:strait:start-primary:boot-");

    assertThat(id).endsWith(boot);
    assertThat(outcome(id, RoleChangeResult.class)).isEqualTo("Completed");
    assertThat(writers()).containsExactly("east-0");
    assertThat(runs("mooring:strait:start-primary:boot-")).containsExactly(id);
    for (String notice :
        List.of(
            "warning primary-shut-down: .*",
            "info primary-shut-down of strait is over",
            "warning StartPrimary ended Completed .*")) {
      Soon.soon(notice, () -> lines(sent).anyMatch(line -> line.matches(notice)));
    }
    assertThat(lines(sent)).noneMatch(line -> line.startsWith("critical "));
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file).lines() : Stream.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As its launcher asks it when the host starts. */
  private static void guardWaits(LabInstance instance) {
    stage.lab.run(
        instance.host(),
        "sh",
        "-c",
        """
        mkdir -p "${0%/*}" && printf %s "$1" >"$0" && chmod 755 "$0" || exit 1
        "$0" --this-boot=120 "$2" "$3" east-0 >/dev/null 2>&1 &
        """,
        instance.host().mooring().resolve("bin/mooring-guard").toString(),
        StartGuard.TEXT,
        instance.dataDirectory().toString(),
        ofMooring(instance).resolve("0.authority").toString());
  }

  private static Path ofMooring(LabInstance instance) {
    return instance.host().mooring().resolve(stage.cluster());
  }

  private static void reacts(String reactions) {
    stage.amendClusterFile(
        now ->
            now + "watch: {every: PT1S, beginAfterLooks: 2, endAfterLooks: 2" + reactions + "}\n");
  }

  /** Begins the watch; each member's role is known when this returns. */
  private static void watched() {
    typed("monitor strait on");
    WorkflowStub watch = run(RunIds.watch(new ClusterName(stage.cluster())));
    Soon.seen(
        "the watch has seen all members",
        () -> watch.query("watched", WatchState.class),
        WatchState::isAllSeen);
  }

  private static Answer typed(String line) {
    Answer answer = stage.mooring().type(line);
    assertThat(answer.status()).as(line + ": " + answer.out() + answer.err()).isZero();
    return answer;
  }

  /** The one run under such an id, once there is one. */
  private static String started(String prefix) {
    List<String> ids =
        Soon.seen("the watch starts " + prefix, () -> runs(prefix), some -> !some.isEmpty());
    assertThat(ids).hasSize(1);
    return ids.get(0);
  }

  /** The ids of all runs that begin so, open or not. */
  private static List<String> runs(String prefix) {
    return listed("").stream().filter(id -> id.startsWith(prefix)).toList();
  }

  private static List<String> listed(String query) {
    try (Stream<String> ids =
        stage
            .service
            .client()
            .listExecutions(query)
            .map(one -> one.getExecution().getWorkflowId())) {
      return ids.toList();
    }
  }

  private static WorkflowStub run(String id) {
    return stage.service.client().newUntypedWorkflowStub(id);
  }

  /**
   * The outcome of a run that ends without a person; if it does not end, it shows how far it is.
   */
  private static String outcome(String id, Class<? extends RunResult> type) {
    Soon.seen(id + " ends", () -> run(id).query("progress", Progress.class), now -> !isOpen(id));
    return run(id).getResult(type).outcome();
  }

  private static boolean isOpen(String id) {
    return run(id).describe().getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /** The members that accept writes. */
  private static List<String> writers() {
    return stage.lab.instances().stream()
        .filter(stage.lab::isRunning)
        .map(LabInstance::id)
        .filter(id -> ask(id, "SELECT pg_is_in_recovery()").equals("f"))
        .toList();
  }
}
