package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.HostNetwork.Way;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.lab.SlowPromotion;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.failover.FailoverResult;
import dev.mooring.runbook.failover.FailoverStep;
import dev.mooring.runbook.switchover.PreflightRow;
import dev.mooring.runbook.switchover.PreflightRow.Judged;
import dev.mooring.worker.MooringWorker;
import io.temporal.client.WorkflowStub;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What else goes wrong when the primary is gone. */
abstract class FailoverFaults extends FailoverStage {
  /** That call nobody, or nobody here. */
  static final EnumSet<FailoverStep> NO_CALLS =
      EnumSet.of(
          FailoverStep.RESOLVE,
          FailoverStep.WATCH,
          FailoverStep.APPROVE,
          FailoverStep.LOCK,
          FailoverStep.FETCH_WAL);

  static void kill(String id) {
    stage.lab.faults().signalAll(stage.lab.instance(id), Signal.KILL);
  }

  private static HostNetwork network(String host) {
    return stage.lab.faults().network(stage.lab.host(host));
  }

  private static String plan() {
    return start("").getResult(FailoverResult.class).headline();
  }

  /** A session that commits on and on, and waits for nothing that would tell it. */
  @Test
  @Tag("all")
  void a_backend_that_commits_without_its_postmaster_is_ended_before_anybody_is_promoted()
      throws Exception {
    LabInstance old = stage.lab.instance("east-0");
    ask("east-0", "CREATE TABLE orphaned (n int)");
    try (Connection session = stage.lab.connect(old);
        Statement statement = session.createStatement()) {
      statement.execute("SET synchronous_commit = off");
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  statement.execute(
                      "DO $$ BEGIN FOR i IN 1..10000000 LOOP"
                          + " INSERT INTO orphaned VALUES (i); COMMIT; END LOOP; END $$");
                } catch (SQLException ended) {
                  // by the fence
                }
              });
      Soon.soon("it commits", () -> !ask("east-0", "SELECT count(*) FROM orphaned").equals("0"));
      stage.lab.faults().orphan(old);
      FailoverResult result = failOver("");
      assertThat(result.proof().toString()).contains("verdict, value=ORPHANS", "found ORPHANED");
      writing.join();
    }
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  @Test
  @Tag("all")
  void temporal_that_is_killed_in_the_promotion_goes_on() throws SQLException {
    kill("east-0");
    stage.hooks.before(FailoverStep.FENCE, stage.service::crash);
    stage.hooks.after(FailoverStep.PROMOTE, stage.service::crash);
    assertThat(failOver("").outcome()).isEqualTo("Completed");
    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  /** Its new timeline has begun, and it takes no writes yet. */
  @Test
  @Tag("all")
  void a_candidate_that_is_killed_in_its_promotion_is_started_and_takes_over() throws SQLException {
    LabInstance candidate = stage.lab.instance("west-0");
    SlowPromotion promotion = SlowPromotion.of(stage.lab, candidate);
    kill("east-0");
    WorkflowStub run = begin("");
    Soon.soon("it promotes", promotion::hasBegun);
    stage.lab.faults().signalAll(candidate, Signal.KILL);
    assertThat(run.getResult(FailoverResult.class).outcome()).isEqualTo("Completed");
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  @Test
  @Tag("all")
  void a_person_who_promotes_another_meanwhile_is_found_before_the_promotion() throws SQLException {
    killOnceBothHaveAll();
    stage.hooks.before(
        FailoverStep.FENCE,
        () -> {
          ask("east-1", "SELECT pg_promote()");
        });
    EndingRecord ending = Stage.endingOf(begin(""));
    assertThat(List.of(ending.outcome(), ending.code()))
        .containsExactly("RolledBack", "TWO_PRIMARIES");
    assertThat(ending.headline()).contains("east-0 stays fenced, for [east-1] takes writes");
    assertThat(stage.lab.controlState(stage.lab.instance("west-0")))
        .isEqualTo("in archive recovery");
  }

  /** A host that stands still as a whole: thawed, it goes on as if nothing had been. */
  @Test
  @Tag("all")
  void a_host_that_stands_still_is_not_failed_over_without_a_fence() throws SQLException {
    LabInstance old = stage.lab.instance("east-0");
    stage.lab.faults().signalAll(old, Signal.STOP);
    stage.lab.faults().signalAllSsh(old.host(), Signal.STOP);
    try {
      assertThat(plan()).contains("east-0's fence: none");
    } finally {
      stage.lab.faults().signalAllSsh(old.host(), Signal.CONT);
      stage.lab.faults().signalAll(old, Signal.CONT);
    }
    assertThat(writerThroughPooler()).isEqualTo("east-0");
    assertThat(plan()).contains("east-0: WRITES");
  }

  /** What it sends arrives, and nothing reaches it; or the other way round. */
  @Test
  @Tag("all")
  @Tag("root") // only root drops packets
  void a_primary_that_is_cut_off_one_way_is_not_failed_over() throws SQLException {
    for (Way way : Way.values()) {
      network("e0").cutOneWay(way);
      try {
        assertThat(plan()).as(way.name()).contains("east-0's fence: none");
      } finally {
        network("e0").mend();
      }
    }
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** The worker reaches the primary, its standby's host does not. */
  @Test
  @Tag("all")
  @Tag("root")
  void witnesses_that_disagree_promote_nobody() throws SQLException {
    network("w0").cutFrom(stage.lab.host("e0"));
    try {
      assertThat(plan())
          .contains(
              "east-0: CUT_OFF: it takes writes, and the network between it and host w0 is cut");
    } finally {
      network("w0").mend();
    }
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Of one the host answers nobody, of the other its server; and whose cluster it is is asked. */
  @Test
  @Tag("all")
  @Tag("root")
  void a_plan_says_what_is_wrong_with_standbys_and_with_the_cluster_that_was_named() {
    LabInstance candidate = stage.lab.instance("west-0");
    ask("west-0", "SELECT pg_wal_replay_pause()");
    // its commit waits until west-0 has it, which replays it no more
    ask("east-0", "CREATE TABLE after_the_pause ()");
    kill("east-0");
    stage.lab.faults().killSshAndSessions(candidate.host());
    network("e1").drop(Way.IN, stage.lab.instance("east-1").port());
    try {
      FailoverResult planned = start(",\"to\":\"west-0\"").getResult(FailoverResult.class);
      assertThat(planned.headline()).contains("west-0's host: not read");
      assertThat(planned.checks())
          .filteredOn(row -> row.judged() != Judged.GOOD)
          .extracting(PreflightRow::looked)
          .contains("east-1", "west-0's replay");
    } finally {
      network("e1").mend();
      stage.lab.faults().startSsh(candidate.host());
      // paused, it asks its primary for no more WAL once that has died, and commits wait for it
      ask("west-0", "SELECT pg_wal_replay_resume()");
    }
    EndingRecord ending = Stage.endingOf(start(",\"systemIdentifierEnds\":\"00000\""));
    assertThat(List.of(ending.outcome(), ending.code()))
        .containsExactly("Refused", "IDENTITY_DIFFERS");
  }

  /** Its network says so itself, whatever a person attests. */
  @Test
  @Tag("all")
  void a_host_that_takes_no_session_and_answers_can_not_be_attested_lost() {
    LabHost host = stage.lab.instance("east-0").host();
    kill("east-0");
    stage.lab.faults().killSshAndSessions(host);
    try {
      String lost =
          ",\"lost\":\"east-0 is lost: no ping\",\"overrides\":\"primary-gone\",\"by\":\"ann\",\"reason\":\"x\"";
      assertThat(start(lost).getResult(FailoverResult.class).headline())
          .contains("east-0's fence: none: its loss is attested, and something answers");
    } finally {
      stage.lab.faults().startSsh(host);
    }
  }

  /** With servers, hosts and worker of it. */
  @Test
  @Tag("root")
  @Tag("all")
  void a_site_that_is_gone_with_its_worker_is_left_by_an_attested_loss() throws Exception {
    stage.dismissWorker();
    MooringWorker left = stage.workerAt("west");
    try {
      for (LabInstance gone : stage.lab.instancesAt("east")) {
        kill(gone.id());
        network(gone.host().name()).cutFromAll();
      }
      assertThat(plan()).contains("east-0's fence: none");
      FailoverResult result = failOver(",\"lost\":\"east-0 is lost: the site burnt down\"");
      assertThat(result.proof().toString()).contains("verdict, value=HOST_DEAD");
      assertThat(result.degraded())
          .anyMatch(line -> line.startsWith("east-1 and its host did not answer, whether it"));
      assertThat(writerThroughPooler()).isEqualTo("west-0");
    } finally {
      // as whoever gives such a host its power back must do
      Files.writeString(
          stage.lab.instance("east-0").dataDirectory().resolve("postgresql.auto.conf"),
          "mooring_fenced_epoch_1 = 'by-hand'\n",
          StandardOpenOption.APPEND);
      stage.lab.instancesAt("east").forEach(gone -> network(gone.host().name()).mend());
      left.close();
      stage.recallWorker();
    }
  }
}
