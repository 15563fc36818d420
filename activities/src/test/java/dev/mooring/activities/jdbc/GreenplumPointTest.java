package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whom the failure of a point that was not made in time names. */
class GreenplumPointTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String BLOCKER = "blocked by pid 7";
  private static final String SILENT =
      "sdw1-0 does not answer (content 0, host sdw1, port 6000, data directory /data/gpseg0)";
  private static final DatabaseFault TIMED_OUT =
      new DatabaseFault(FailureCode.DATABASE_UNREACHABLE, "read timed out");

  @Test
  void a_segment_that_does_not_answer_is_named_first_and_the_blocker_beside_it() {
    DatabaseFault fault = late(Optional.of(BLOCKER), List.of(SILENT));

    assertThat(fault.code()).isEqualTo(FailureCode.BARRIER_NOT_REACHED);
    assertThat(fault.sentence())
        .isEqualTo(
            "the point was not made within PT10S, while two-phase commits were held; "
                + SILENT
                + "; seen besides: blocked by pid 7; pid 99 of the coordinator may still hold"
                + " two-phase commits until each segment answers (read timed out)");
  }

  @Test
  void a_segment_that_does_not_answer_is_named_where_no_blocker_is_seen() {
    assertThat(late(Optional.empty(), List.of(SILENT)).sentence())
        .contains(SILENT)
        .doesNotContain("seen besides", "TwophaseCommitLock");
  }

  @Test
  void the_blocker_is_named_where_all_segments_answer() {
    assertThat(late(Optional.of(BLOCKER), List.of()).sentence())
        .isEqualTo(
            "the point was not made within PT10S, while two-phase commits were held; blocked by pid"
                + " 7; pid 99 of the coordinator may still wait for the lock, commits behind it,"
                + " until that ends (read timed out)");
  }

  @Test
  void the_waiting_session_is_named_where_all_answer_and_nobody_is_seen() {
    assertThat(late(Optional.empty(), List.of()).sentence())
        .contains("who held TwophaseCommitLock is not seen", "pid 99 of the coordinator may")
        .as("the run's ending cuts what stands behind a hint")
        .doesNotContain("HINT:");
  }

  private static DatabaseFault late(Optional<String> blocker, List<String> silent) {
    return GreenplumPoint.late(TIMEOUT, 99, true, blocker, silent, TIMED_OUT);
  }
}
