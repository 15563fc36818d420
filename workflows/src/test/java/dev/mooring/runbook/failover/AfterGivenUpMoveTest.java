package dev.mooring.runbook.failover;

import static dev.mooring.runbook.RunBed.approved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunBed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.switchover.SwitchoverImpl;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The host of the primary is lost in the middle of a switchover: the move is given up first. */
class AfterGivenUpMoveTest {
  private static final String TO_WEST = "{'cluster':'strait','to':'west-0'}";
  private static final String LOST =
      "{'cluster':'strait','to':'west-0','lost':'east-0 is lost: its site burnt',"
          + "'overrides':'after-reboot','by':'alice','reason':'its site burnt'}";

  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.synchronous()), SwitchoverImpl.class, FailoverImpl.class);
  private final AtomicLong lost = new AtomicLong();

  @AfterEach
  void close() {
    assertThat(bed.world().members().twoWriters()).isEmpty();
    bed.close();
  }

  private WorkflowStub begin(String type, String json) {
    WorkflowStub run = bed.client().newUntypedWorkflowStub(type, TestBed.options(type));
    run.start(Typed.run(json));
    return run;
  }

  private <R> R result(String type, String json, Class<R> of) {
    WorkflowStub run = begin(type, json);
    return bed.awaiting(type, () -> run.getResult(of));
  }

  private WorkflowStub heldMove() {
    String digest = result("Switchover", TO_WEST, RoleChangeResult.class).digest();
    bed.faults()
        .before(
            call -> call.method().equals("ensureHandedOver"),
            () -> {
              lost.compareAndSet(0, bed.temporal().currentTimeMillis());
              bed.world().members().kill("east-0");
              bed.world().trouble().hostAnswers("e0", false);
            });
    WorkflowStub move = begin("Switchover", approved(TO_WEST, digest));
    bed.until("Switchover", "can't go on");
    return move;
  }

  /** It knows what it began, so no other run ends it; it comes to that question by itself. */
  @Test
  void a_move_whose_primary_is_lost_is_given_up_and_the_failover_promotes() {
    WorkflowStub move = heldMove();
    assertThat(Duration.ofMillis(bed.temporal().currentTimeMillis() - lost.get()))
        .isLessThan(Duration.ofMinutes(4));
    assertThat(move.query("progress", Progress.class).headline())
        .contains("`mooring give-up Switchover --reason WHY`");
    String digest = result("Failover", LOST, RoleChangeResult.class).digest();
    Ended refused =
        TestBed.ended(() -> result("Failover", approved(LOST, digest), RoleChangeResult.class));
    assertThat(refused.record().code()).isEqualTo("LOCK_HELD");
    RunBed.decide(move, "{'decision':'give-up','by':'bob','reason':'its site burnt'}");
    Ended given =
        TestBed.ended(
            () -> bed.awaiting("Switchover", () -> move.getResult(RoleChangeResult.class)));
    assertThat(given.type()).isEqualTo("Stuck");
    RoleChangeResult over = result("Failover", approved(LOST, digest), RoleChangeResult.class);
    assertThat(over.outcome()).isEqualTo("Completed");
    assertThat(bed.world().members().writers()).containsExactly("west-0");
  }
}
