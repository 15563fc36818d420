package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.contract.PooledWriters;
import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.switchover.SwitchoverStep;
import dev.mooring.worker.MooringWorker;
import io.temporal.client.WorkflowStub;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Networks that are cut before a move, and in its outage: nobody is promoted for that. */
abstract class SwitchoverCutOff extends SwitchoverInPromotion {
  private static final Duration OUTAGE_BUDGET = Duration.ofSeconds(6);

  /** Nobody who could be asked knows of the primary, which serves its clients all the while. */
  @Test
  @Tag("all")
  @Tag("root") // only root drops packets
  void a_primary_whose_site_is_cut_off_is_not_taken_for_one_that_is_lost() throws Exception {
    String digest = plan("west-0").digest();
    stage.dismissWorker();
    MooringWorker impatient =
        stage.workerOf(stage.service, List.of(stage.hooks, Impatience.asksOnce()));
    try {
      cutOff("east");
      EndingRecord refused = Stage.endingOf(execute("west-0", digest));
      assertEnded("Refused", "NO_PRIMARY", refused);
      assertThat(refused.headline())
          .contains("is known to accept writes: east-0: ", "west-0: ", "east-1: ");
      nobodyIsPromoted();
    } finally {
      mendNetworks();
      impatient.close();
      stage.recallWorker();
    }
    assertThat(against(plan("west-0"))).isEmpty();
  }

  /** PgBouncer's own host lets clients go, and the run its primary once it can ask again. */
  @Test
  @Tag("all")
  @Tag("root")
  void a_site_that_is_cut_off_in_the_outage_keeps_its_primary() throws Exception {
    shortOutage();
    stage.hooks.before(SwitchoverStep.HAND_OVER, () -> cutOff("east"));
    WorkflowStub run;
    try (PooledWriters writers = pooledWriters()) {
      run = begin("west-0");
      Soon.soon("it is cut off", stage.hooks::allRun);
      Soon.soon("the budget is spent", () -> stateOf(run, "HAND_OVER").equals("failed"));
      heldNoLongerThan(OUTAGE_BUDGET, writers);
      nobodyIsPromoted();
    } finally {
      mendNetworks();
    }
    assertEnded("RolledBack", "OUTAGE_BUDGET_SPENT", Stage.endingOf(run));
    nobodyIsPromoted();
  }

  /** Both can be asked, and the one is tried from the other's host. */
  @Test
  @Tag("all")
  @Tag("root")
  void a_target_that_the_primary_does_not_reach_refuses_a_move() throws Exception {
    cutLink();
    try {
      EndingRecord refused = Stage.endingOf(beginUnapproved("west-0"));
      assertEnded("Refused", "PREFLIGHT", refused);
      assertThat(rows(refused)).anyMatch(row -> row.startsWith("east-0 replication-connection: "));
    } finally {
      mendNetworks();
    }
    nobodyIsPromoted();
  }

  /** Its stop waits for the target, which never has the shutdown checkpoint. */
  @Test
  @Tag("all")
  @Tag("root")
  void a_link_that_is_cut_in_the_outage_takes_the_way_back() throws Exception {
    shortOutage();
    stage.hooks.before(SwitchoverStep.HAND_OVER, SwitchoverCutOff::cutLink);
    try {
      EndingRecord ending = moveFails("west-0");
      assertThat(ending.outcome()).isEqualTo("RolledBack");
      assertThat(ending.code()).isIn("STOP_TOO_LONG", "OUTAGE_BUDGET_SPENT");
    } finally {
      mendNetworks();
    }
    nobodyIsPromoted();
  }

  /** Its clients see that by themselves; nobody is promoted for those that are gone. */
  @Test
  @Tag("all")
  void a_pooler_that_dies_while_clients_are_held_takes_the_way_back() throws SQLException {
    shortOutage();
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    stage.hooks.before(SwitchoverStep.TAKE_OVER, fronts::killPooler);
    EndingRecord ending = moveFails("west-0");
    assertEnded("RolledBack", "PAUSE_OVER", ending);
    fronts.startPoolerAgain();
    nobodyIsPromoted();
  }

  /** What was promoted stays so, and its clients are led there once there is somebody to lead. */
  @Test
  @Tag("all")
  void a_pooler_that_dies_after_the_promotion_leads_there_once_it_is_back() throws SQLException {
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    stage.hooks.before(SwitchoverStep.ROUTE, fronts::killPooler);
    WorkflowStub run = begin("west-0");
    Soon.soon("it is not led", () -> stateOf(run, "ROUTE").equals("held"));
    fronts.startPoolerAgain();
    assertThat(run.getResult(RoleChangeResult.class).outcome()).isEqualTo("Completed");
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  /** Nobody there can be asked whether clients are still held. */
  @Test
  @Tag("all")
  void a_pooler_whose_host_is_gone_while_clients_are_held_takes_the_way_back() throws SQLException {
    shortOutage();
    LabHost host = stage.lab.host("f0");
    stage.hooks.before(SwitchoverStep.TAKE_OVER, () -> stage.lab.faults().killSshAndSessions(host));
    WorkflowStub run;
    try (PooledWriters writers = pooledWriters()) {
      run = begin("west-0");
      Soon.soon("it holds", () -> stateOf(run, "PAUSE").equals("held"));
      heldNoLongerThan(OUTAGE_BUDGET, writers);
      nobodyIsPromoted();
    } finally {
      stage.lab.faults().startSsh(host);
    }
    retry(run, "its host is back");
    assertThat(Stage.endingOf(run).outcome()).isEqualTo("RolledBack");
    nobodyIsPromoted();
  }

  private static void retry(WorkflowStub run, String why) {
    run.update("decide", String.class, Map.of("decision", "retry", "by", "bob", "reason", why));
  }

  private static void shortOutage() {
    stage.amendClusterFile(
        now -> now + "switchover: {outageBudget: " + OUTAGE_BUDGET + ", stop: PT3S}\n");
  }

  private static void cutOff(String site) {
    stage.lab.hosts().stream()
        .filter(host -> host.site().equals(site))
        .forEach(host -> network(host.name()).cutFromControlPlane());
  }

  private static void cutLink() {
    network("w0").cutFrom(stage.lab.host("e0"));
  }

  private static HostNetwork network(String host) {
    return stage.lab.faults().network(stage.lab.host(host));
  }

  private static void mendNetworks() {
    stage.lab.hosts().forEach(host -> network(host.name()).mend());
  }

  private static void assertEnded(String outcome, String code, EndingRecord ending) {
    assertThat(List.of(ending.outcome(), ending.code())).containsExactly(outcome, code);
  }

  /** PgBouncer is at neither site. */
  private static void nobodyIsPromoted() throws SQLException {
    assertThat(writerThroughPooler()).isEqualTo("east-0");
    assertThat(stage.lab.controlState(stage.lab.instance("west-0")))
        .isEqualTo("in archive recovery");
  }
}
