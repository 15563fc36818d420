package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import io.temporal.client.WorkflowFailedException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A removal, an adoption and a setup that restarts the primary are stopped at each step: what was
 * taken back is as before, nobody waits for who is gone, and a new run does the rest.
 */
class SetupStopSweepTest {
  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.synchronous()), ReplicationSetupImpl.class).keepTime();
  private final FakeMembers members = bed.world().members();

  @AfterEach
  void close() {
    assertThat(members.twoWriters()).isEmpty();
    assertThat(members.writers()).hasSize(1);
    bed.close();
  }

  private ReplicationResult asked(String what) {
    try {
      return bed.client()
          .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("run"))
          .setUp(Typed.run("{'cluster':'strait','by':'alice'," + what + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  private String approved(String what) {
    asked(what);
    Plan plan = bed.client().newUntypedWorkflowStub("run").query("plan", Plan.class);
    return what + ",'mode':'execute','digest':'" + plan.digest() + "'";
  }

  /** What the receipt says was done and stays. */
  private String reported() {
    return bed.world().lastReceipt().seen().proofs().stream()
        .flatMap(one -> one.facts().stream())
        .filter(fact -> fact.name().equals("done"))
        .map(Receipt.Fact::value)
        .collect(Collectors.joining("; "));
  }

  /** Runs it, and says whether it was taken back; else it is done. */
  private boolean isTakenBack(String what, ReplicationStep step) {
    String approved = approved(what);
    Stopping.in(step, bed, "run");
    try {
      asked(approved);
    } catch (WorkflowFailedException stopped) {
      assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("ROLLED_BACK");
    }
    bed.faults().mend();
    assertThat(members.writers()).hasSize(1);
    return bed.world().lastReceipt().ending().outcome().equals("ROLLED_BACK");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {
        "OBSERVE_MEMBERS",
        "OBSERVE_ACCESS",
        "OBSERVE_ROLES",
        "OBSERVE_EPOCHS",
        "STOP_WAITING",
        "DROP_SLOTS",
        "CLOSE_ACCESS",
        "DROP_ACCOUNT"
      })
  void a_removal_lets_commits_wait_for_nobody_who_can_not_stream(ReplicationStep step) {
    asked("'act':'setup','mode':'execute'");
    members.kill("west-0");
    members.kill("east-1");
    String before = members.commitsOf("east-0");
    if (isTakenBack("'act':'remove'", step)) {
      if (step.compareTo(ReplicationStep.DROP_SLOTS) < 0) {
        assertThat(members.commitsOf("east-0")).isEqualTo(before);
        assertThat(members.slotsOf("east-0")).containsExactly("east_1", "west_0");
        assertThat(members.letIn("east-0")).hasSize(7);
        assertThat(reported()).isEmpty();
      } else {
        assertThat(reported().contains("dropped slot west_0"))
            .isEqualTo(members.slotsOf("east-0").isEmpty());
        assertThat(members.commitsOf("east-0")).isEqualTo(" on");
      }
      asked(approved("'act':'remove'"));
    }
    assertThat(members.commitsOf("east-0")).isEqualTo(" on");
    assertThat(members.slotsOf("east-0")).isEmpty();
    assertThat(members.letIn("east-0")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {"OBSERVE_MEMBERS", "OBSERVE_ROLES", "OBSERVE_EPOCHS", "ADOPT"})
  void an_adoption_records_nobody_but_who_accepts_writes(ReplicationStep step) {
    members.moved("east-0", 7);
    members.kill("east-0");
    members.promote("west-0");
    if (isTakenBack("'act':'adopt','instances':'west-0'", step)) {
      assertThat(members.authorityOf("west-0")).isIn("east-0", "west-0");
      asked(approved("'act':'adopt','instances':'west-0'"));
    }
    assertThat(members.authorityOf("west-0")).isEqualTo("west-0");
    assertThat(members.authorityOf("east-0")).isEqualTo("none");
    members.start("east-0");
    assertThat(members.writers()).containsExactly("west-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {
        "OBSERVE_PRIMARY",
        "OBSERVE_EPOCHS",
        "SET_PRIMARY",
        "CHECKPOINT",
        "RESTART_PRIMARY",
        "SEE_PRIMARY",
        "MAKE_SLOTS"
      })
  void a_setup_that_restarts_leaves_the_primary_running_as_it_is_configured(ReplicationStep step) {
    for (String id : new String[] {"east-1", "west-0"}) {
      members.neverThere(id);
      bed.world().directories().lose(id);
    }
    members.setOn("east-0", "wal_level", "minimal");
    String restart = "'act':'setup','overrides':'restart','reason':'a first standby'";
    if (isTakenBack(restart, step)) {
      String left = members.configuredOn("east-0");
      assertThat(left).isEqualTo(members.restartsOf("east-0") == 0 ? "{}" : "{wal_level=replica}");
      assertThat(members.slotsOf("east-0")).isEmpty();
      assertThat(reported().contains("wal_level")).isEqualTo(!left.equals("{}"));
      asked(approved(restart));
    }
    assertThat(members.restartsOf("east-0")).isEqualTo(1);
    assertThat(members.followersOf("east-0")).containsExactly("east-1", "west-0");
  }
}
