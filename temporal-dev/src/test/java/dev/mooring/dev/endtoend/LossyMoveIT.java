package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.resilver.ResilverResult;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Packets between workers, members and endpoints are lost, late or out of order, while a primary is
 * moved or a standby is healed and clients write: with an outage budget that bears it, it takes
 * longer and comes to the same.
 */
@Tag("all")
@Tag("root")
@Tag("heavy")
class LossyMoveIT extends SwitchoverStage {
  private static final String POSTGRESQLS_DEFAULT = "60s";

  /** As long as the stop of a move may take here. */
  private static final String A_STOP = "200s";

  private static final String STREAMING =
      "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";

  @AfterEach
  void mend() {
    everywhere(HostNetwork::mend);
  }

  /** As ping would report 30 of 100 lost: of each packet and its answer one or the other. */
  private static void loseOfThereAndBack(HostNetwork network) {
    network.lose(16);
  }

  private static void lose(HostNetwork network) {
    network.lose(30);
  }

  /** Half a second there and back to a worker, a second between two hosts. */
  private static void delay(HostNetwork network) {
    network.delay(Duration.ofMillis(250), Duration.ofMillis(100));
  }

  private static void everywhere(Consumer<HostNetwork> act) {
    stage.lab.hosts().forEach(host -> act.accept(stage.lab.faults().network(host)));
  }

  @Test
  void a_primary_moves_and_comes_back_while_packets_are_lost() throws Exception {
    standbysWait(A_STOP);
    comesToTheSame(LossyMoveIT::loseOfThereAndBack, "west-0");
    endWhatClientsLeft("west-0");
    comesToTheSame(LossyMoveIT::loseOfThereAndBack, "east-0");
  }

  @Test
  void a_primary_moves_while_packets_are_late_and_out_of_order() throws Exception {
    standbysWait(POSTGRESQLS_DEFAULT);
    comesToTheSame(LossyMoveIT::delay, "west-0");
  }

  /** Ends transactions whose clients gave up on a bad line: a plan refuses a move over them. */
  private static void endWhatClientsLeft(String primary) throws SQLException {
    ask(
        primary,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            + " WHERE xact_start < now() - interval '20 s' AND backend_type = 'client backend'");
  }

  /** Than the two minutes after which PgBouncer ends them by itself. */
  private static void clientsWaitLonger() throws SQLException, IOException {
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    Files.writeString(
        fronts.poolerConfiguration(), "query_wait_timeout = 320\n", StandardOpenOption.APPEND);
    fronts.tellPooler("RELOAD");
  }

  /**
   * For how long a standby's connection may be silent: the lab ends it after 5 s, in the middle of
   * the last WAL file, which a stop fills up, or of some packets that are lost one after another,
   * and then a standby streams from nobody.
   */
  private static void standbysWait(String time) throws SQLException {
    for (LabInstance member : stage.lab.instances()) {
      ask(member.id(), "ALTER SYSTEM SET wal_sender_timeout = '" + time + "'");
      ask(member.id(), "ALTER SYSTEM SET wal_receiver_timeout = '" + time + "'");
      ask(member.id(), "SELECT pg_reload_conf()");
    }
  }

  private void comesToTheSame(Consumer<HostNetwork> trouble, String to)
      throws SQLException, IOException {
    clientsWaitLonger();
    stage.amendClusterFile(
        now ->
            now.contains("outageBudget")
                ? now
                : now + "switchover: {outageBudget: PT300S, stop: PT200S}\n");
    everywhere(trouble);
    RoleChangeResult moved = LostObservations.heard(() -> move(to));
    mend();
    assertThat(moved.headline()).startsWith(to + " is the primary, ");
    assertThat(moved.degraded()).isEmpty();
    assertThat(writerThroughPooler()).isEqualTo(to);
    assertThat(ask(to, STREAMING)).isEqualTo("2");
  }

  @Test
  void a_standby_that_was_down_follows_while_packets_are_lost() throws SQLException {
    standbysWait(POSTGRESQLS_DEFAULT);
    kill("west-0");
    isResilvered(LossyMoveIT::lose, "FOLLOW");
  }

  @Test
  void a_lost_standby_is_copied_while_packets_are_late_and_out_of_order() throws SQLException {
    standbysWait(POSTGRESQLS_DEFAULT);
    LabInstance west = kill("west-0");
    String data = west.dataDirectory().toString();
    stage.lab.run(west.host(), "find", data, "-mindepth", "1", "-delete");
    isResilvered(LossyMoveIT::delay, "BASE_BACKUP");
  }

  private static LabInstance kill(String id) {
    LabInstance instance = stage.lab.instance(id);
    stage.lab.faults().signalAll(instance, Signal.KILL);
    return instance;
  }

  private void isResilvered(Consumer<HostNetwork> trouble, String method) throws SQLException {
    everywhere(trouble);
    WorkflowStub looked = LostObservations.heard(() -> ended(resilver("plan", "")));
    String digest = looked.query("plan", Plan.class).digest();
    ResilverResult resilvered =
        LostObservations.heard(
            () ->
                resilver("execute", ",\"digest\":\"" + digest + "\"")
                    .getResult(ResilverResult.class));
    mend();
    assertThat(resilvered.headline()).isEqualTo("standbys again: west-0 by " + method);
    assertThat(resilvered.degraded()).isEmpty();
    assertThat(ask("east-0", STREAMING)).isEqualTo("2");
  }

  private static WorkflowStub ended(WorkflowStub run) {
    run.getResult(ResilverResult.class);
    return run;
  }

  private static WorkflowStub resilver(String mode, String more) {
    return stage.start(
        "Resilver",
        String.format(
            "{\"cluster\":\"%s\",\"mode\":\"%s\",\"by\":\"alice\"%s}",
            stage.cluster(), mode, more));
  }
}
