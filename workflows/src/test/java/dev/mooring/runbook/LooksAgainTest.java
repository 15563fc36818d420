package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.port.FailureCode;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LooksAgainTest {
  /** A wait for an approval that becomes pointless. */
  @WorkflowInterface
  public interface Waits {

    /** How long it took until that was seen. */
    @WorkflowMethod
    String untilPointless();
  }

  /** Back for a moment at the first observation, and for good from the third on. */
  public static final class WaitsImpl implements Waits {
    @Override
    public String untilPointless() {
      Iterator<Boolean> back = List.of(true, false, true, true).iterator();
      long began = Workflow.currentTimeMillis();
      new LooksAgain(
              () ->
                  back.next()
                      ? Optional.of(RunbookStop.refused(FailureCode.PRIMARY_BACK, "it is back"))
                      : Optional.empty())
          .begin()
          .get();
      return Duration.ofMillis(Workflow.currentTimeMillis() - began)
          .truncatedTo(ChronoUnit.SECONDS)
          .toString();
    }
  }

  @Test
  void what_is_back_for_a_moment_ends_no_run() {
    try (TestBed bed = new TestBed(new FakeCluster(Harbour.cluster(1)), WaitsImpl.class)) {
      String took =
          bed.client().newWorkflowStub(Waits.class, TestBed.options("waits")).untilPointless();
      assertThat(took).isEqualTo("PT2M10S");
    }
  }
}
