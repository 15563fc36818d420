package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.failover.FailoverImpl;
import dev.mooring.runbook.failover.FailoverWorkflow;
import dev.mooring.runbook.switchover.SwitchoverImpl;
import dev.mooring.runbook.switchover.SwitchoverWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A person terminated a move in Temporal: it undid nothing, and only the hosts know of it. */
class AdoptionAfterTerminationTest {
  private final TestBed bed =
      new TestBed(
              new FakeCluster(Strait.cluster()),
              SwitchoverImpl.class,
              FailoverImpl.class,
              ReplicationSetupImpl.class)
          .keepTime();
  private final FakeMembers members = bed.world().members();

  @AfterEach
  void close() {
    bed.close();
  }

  /** The act of that call is still done, and nothing after it; answers the run. */
  private String terminatedIn(String method) throws InterruptedException {
    String request = "{'cluster':'strait','to':'west-0','by':'alice'}";
    RoleChangeResult plan =
        bed.client()
            .newWorkflowStub(SwitchoverWorkflow.class, TestBed.options("move"))
            .switchOver(Typed.run(request));
    bed.faults()
        .before(
            call -> call.method().equals(method),
            () -> {
              bed.faults().mend();
              bed.client().newUntypedWorkflowStub("move").terminate("by hand");
              bed.closeChildren();
            });
    SwitchoverWorkflow move =
        bed.client().newWorkflowStub(SwitchoverWorkflow.class, TestBed.options("move"));
    String approved = request.replace("}", ",'mode':'execute','digest':'" + plan.digest() + "'}");
    String run = WorkflowClient.start(move::switchOver, Typed.run(approved)).getRunId();
    assertThatThrownBy(() -> WorkflowStub.fromTyped(move).getResult(RoleChangeResult.class))
        .isInstanceOf(WorkflowFailedException.class);
    bed.faults().awaitQuiet();
    return run;
  }

  private ReplicationResult adopt(String more) {
    try {
      return bed.client()
          .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("adopt"))
          .setUp(
              Typed.run(
                  "{'cluster':'strait','act':'adopt','instances':'west-0','by':'alice'"
                      + more
                      + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  @Test
  void one_that_ended_after_its_promotion_is_adopted() throws Exception {
    terminatedIn("ensureTakenOver");
    assertThat(members.writers()).containsExactly("west-0");

    adopt("");
    Plan plan = bed.client().newUntypedWorkflowStub("adopt").query("plan", Plan.class);
    assertThat(plan.objects().toString())
        .contains("west-0 accepts writes on timeline 2, and may")
        .doesNotContain("it did not end");
    ReplicationResult adopted = adopt(",'mode':'execute','digest':'" + plan.digest() + "'");

    assertThat(adopted.outcome()).isEqualTo("Completed");
    assertThat(members.authorityOf("west-0")).isEqualTo("west-0");
    assertThat(members.authorityOf("east-1")).isEqualTo("none");
    members.start("east-0");
    assertThat(members.writers()).containsExactly("west-0");
  }

  /** A person promoted the target: the old primary's host still says that nobody may write. */
  @Test
  void one_that_ended_in_its_outage_and_was_ended_by_a_person_is_named_by_the_plan()
      throws Exception {
    String run = terminatedIn("ensureHandedOver");
    members.promote("west-0");

    adopt("");
    Plan plan = bed.client().newUntypedWorkflowStub("adopt").query("plan", Plan.class);

    assertThat(plan.objects().toString())
        .contains(
            "west-0 accepts writes on timeline 2, and may", "no instance may write since epoch ")
        .contains(
            " of run "
                + run
                + ", and no host that was read names the instance it gave the right to");
  }

  @Test
  void one_that_ended_in_its_outage_is_named_while_nobody_accepts_writes() throws Exception {
    String run = terminatedIn("ensureHandedOver");
    assertThat(members.writers()).isEmpty();

    Ended ended = TestBed.ended(() -> adopt(""));

    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Failed", "NO_PRIMARY");
    assertThat(ended.message())
        .contains(
            "by the host of east-0, on which it is STOPPED and fenced, no instance may write, since"
                + " epoch ",
            " of run " + run,
            "`mooring failover CLUSTER` promotes a standby of strait");
    RoleChangeResult plan =
        bed.client()
            .newWorkflowStub(FailoverWorkflow.class, TestBed.options("failover"))
            .failOver(Typed.run("{'cluster':'strait','to':'west-0','by':'alice'}"), null);
    assertThat(plan.outcome()).isEqualTo("planned");
  }
}
