package dev.mooring.runbook.failover;

import static dev.mooring.runbook.RunBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.Strait;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** S9: the old primary is kept from writing, a number of seconds passes, another is promoted. */
class FailoverWaitTest {
  private final FailoverBed strait =
      new FailoverBed(Strait.synchronous("{waitBeforePromote: PT40S}"));

  @BeforeEach
  void thePrimaryDies() {
    strait.world().members().kill("east-0");
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  @Test
  void it_lies_between_the_fence_and_the_promotion() {
    List<Long> times = new ArrayList<>();
    strait.before("ensureFenced", () -> times.add(strait.bed.temporal().currentTimeMillis()));
    strait.before("ensurePromoted", () -> times.add(strait.bed.temporal().currentTimeMillis()));
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.outcome()).isEqualTo("Completed");
    // the fence is looked at again after it, when clients are cut off
    assertThat(times).hasSize(3);
    assertThat(Duration.ofMillis(times.get(1) - times.get(0)))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(40));
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_run_that_is_cancelled_in_it_promotes_nobody() {
    String digest = strait.run(OVER).digest();
    WorkflowStub run = strait.begin(approved(OVER, digest));
    strait.until(() -> note(run), note -> note.equals("waits 40 s since then"));
    run.cancel("it comes back");
    assertThatThrownBy(() -> strait.result(run)).hasCauseInstanceOf(CanceledFailure.class);
    assertThat(strait.world().lastReceipt().ending().outcome()).isEqualTo("ROLLED_BACK");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  private static String note(WorkflowStub run) {
    return run.query("progress", Progress.class).steps().stream()
        .filter(step -> step.step().equals("FENCE"))
        .map(Progress.StepProgress::note)
        .findFirst()
        .orElse("");
  }
}
