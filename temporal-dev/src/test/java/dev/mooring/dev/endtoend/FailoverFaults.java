package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.lab.SlowPromotion;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.failover.FailoverStep;
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
abstract class FailoverFaults extends OnCallNight {
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

  static String plan() {
    return start("").getResult(RoleChangeResult.class).headline();
  }

  /** A session that commits on and on, and waits for nothing that would tell it. */
  @Test
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
      RoleChangeResult result = failOver("");
      assertThat(result.proof().toString()).contains("verdict, value=ORPHANS", "found ORPHANED");
      writing.join();
    }
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  /** Its new timeline has begun, and it accepts no writes yet. */
  @Test
  @Tag("all")
  void a_candidate_that_is_killed_in_its_promotion_is_started_and_takes_over() throws SQLException {
    LabInstance candidate = stage.lab.instance("west-0");
    SlowPromotion promotion = SlowPromotion.of(stage.lab, candidate);
    kill("east-0");
    WorkflowStub run = begin("");
    Soon.soon("it promotes", promotion::hasBegun);
    stage.lab.faults().signalAll(candidate, Signal.KILL);
    assertThat(run.getResult(RoleChangeResult.class).outcome()).isEqualTo("Completed");
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  @Test
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
    assertThat(ending.headline()).contains("east-0 stays fenced, for [east-1] accepts writes");
    assertThat(stage.lab.controlState(stage.lab.instance("west-0")))
        .isEqualTo("in archive recovery");
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
      assertThat(plan()).contains("east-0 fence-method: none");
      RoleChangeResult result =
          failOver(
              ",\"lost\":\"east-0 is lost: the site burnt"
                  + " down\",\"overrides\":\"after-reboot\",\"reason\":\"it burnt down\"");
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
