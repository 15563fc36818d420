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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationWhileWaitingTest {
  /** A wait for an approval that becomes pointless. */
  @WorkflowInterface
  public interface Waits {

    /**
     * How long it took until that was seen, or what ended it.
     *
     * @param seen b if it is back at that observation, u if that is unread, x if it fails as
     *     nothing may
     */
    @WorkflowMethod
    String untilPointless(String seen);
  }

  /** It waits for nothing else. */
  public static final class WaitsImpl implements Waits {
    @Override
    public String untilPointless(String seen) {
      Iterator<String> looks = List.of(seen.split("")).iterator();
      long began = Workflow.currentTimeMillis();
      try {
        new ObservationWhileWaiting(() -> look(looks.next())).begin().get();
      } catch (IllegalStateException unexpected) {
        return String.valueOf(unexpected.getMessage());
      }
      return Duration.ofMillis(Workflow.currentTimeMillis() - began)
          .truncatedTo(ChronoUnit.MINUTES)
          .toString();
    }

    private static Optional<RunbookStop> look(String seen) {
      return switch (seen) {
        case "b" -> Optional.of(RunbookStop.refused(FailureCode.PRIMARY_BACK, "it is back"));
        case "u" -> throw RunbookStop.refused(FailureCode.NO_PRIMARY, "none is known");
        case "x" -> throw new IllegalStateException("a defect");
        default -> Optional.empty();
      };
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"bb, PT2M", "b-bb, PT4M", "bubb, PT4M", "u-bb, PT4M", "-x, a defect"})
  void two_observations_in_a_row_end_the_wait(String seen, String ended) {
    try (TestBed bed = new TestBed(new FakeCluster(Harbour.cluster(1)), WaitsImpl.class)) {
      Waits waits = bed.client().newWorkflowStub(Waits.class, TestBed.options("waits"));
      assertThat(bed.awaiting("waits", () -> waits.untilPointless(seen))).isEqualTo(ended);
    }
  }

  /**
   * With eight members at two sites: a pause, and two calls whose answers come one after the other,
   * are 17 events.
   */
  @Test
  void a_day_of_observations_leaves_room_in_the_history() {
    int looks = 0;
    Duration waited = Duration.ZERO;
    while (waited.compareTo(Duration.ofDays(1)) < 0) {
      waited = waited.plus(ObservationWhileWaiting.next(waited));
      looks++;
    }
    assertThat(looks * 17).isBetween(60 * 17, 5_000);
  }
}
