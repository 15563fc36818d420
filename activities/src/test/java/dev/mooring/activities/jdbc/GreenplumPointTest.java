package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.jdbc.SilentPrimaries.Seen;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which points are kept, and whom the failure of one not made in time names. */
class GreenplumPointTest {
  private static final List<RestorePointName> NAMES =
      Stream.of("a", "a2", "a3")
          .map(suffix -> new RestorePointName("sync_point_20261003_101500_" + suffix))
          .toList();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String BLOCKER = "blocked by pid 7";
  private static final String SILENT =
      "sdw1-0 does not answer (content 0, host sdw1, port 6000, data directory /data/gpseg0)";

  @Test
  void a_segment_that_does_not_answer_is_named_first_and_the_blocker_beside_it() {
    DatabaseFault fault = late(Optional.of(BLOCKER), new Seen(List.of(SILENT), ids(3, 5)));

    assertThat(fault.code()).isEqualTo(FailureCode.BARRIER_NOT_REACHED);
    assertThat(fault.sentence())
        .isEqualTo(
            "the point was not made within PT10S, while two-phase commits waited for"
                + " TwophaseCommitLock; "
                + SILENT
                + "; found besides: blocked by pid 7; could not be checked: east-3, east-4; pid 99"
                + " of the coordinator may still hold that lock or wait for it, with commits queued"
                + " behind it (read timed out)");
  }

  @Test
  void a_segment_that_does_not_answer_is_named_where_no_blocker_is_seen() {
    assertThat(late(Optional.empty(), new Seen(List.of(SILENT), List.of())).sentence())
        .contains(SILENT)
        .doesNotContain("found besides", "is not known");
  }

  @Test
  void the_blocker_is_named_where_no_segment_is_found_to_hang() {
    assertThat(late(Optional.of(BLOCKER), new Seen(List.of(), ids(0, 9))).sentence())
        .isEqualTo(
            "the point was not made within PT10S, while two-phase commits waited for"
                + " TwophaseCommitLock; blocked by pid 7; could not be checked: east-0, east-1,"
                + " east-2, east-3, east-4, east-5, east-6, east-7 and 1 more; pid 99 of the"
                + " coordinator may still hold that lock or wait for it, with commits queued behind"
                + " it (read timed out)");
  }

  @Test
  void the_waiting_session_is_named_where_all_answer_and_nobody_is_seen() {
    assertThat(late(Optional.empty(), new Seen(List.of(), List.of())).sentence())
        .contains("the holder of TwophaseCommitLock is not known", "pid 99 of the coordinator may")
        .as("the run's ending cuts what stands behind a hint")
        .doesNotContain("HINT:");
  }

  /** What was made of three points, each held so long, of which that one fails so. */
  private static List<RestorePointName> made(int failing, FailureCode code, long millis)
      throws DatabaseFault {
    List<RestorePointName> complete = new ArrayList<>();
    String noMore =
        GreenplumPoint.callAll(
            NAMES,
            complete,
            name -> {
              if (NAMES.indexOf(name) + 1 == failing) {
                throw new DatabaseFault(code, "it hangs");
              }
              return name;
            },
            name -> Duration.ofMillis(millis));
    assertThat(noMore)
        .isEqualTo(
            failing <= NAMES.size() ? NAMES.get(failing - 1) + " is abandoned: it hangs" : "");
    return complete;
  }

  @Test
  void a_further_point_that_is_not_made_leaves_those_before_it() throws DatabaseFault {
    assertThat(made(3, FailureCode.BARRIER_NOT_REACHED, 3)).isEqualTo(NAMES.subList(0, 2));
    assertThat(made(2, FailureCode.RESTORE_POINT_HALF_MADE, 3)).isEqualTo(NAMES.subList(0, 1));
    assertThat(made(NAMES.size() + 1, FailureCode.BARRIER_NOT_REACHED, 3)).isEqualTo(NAMES);
  }

  @Test
  void the_first_one_that_is_not_made_and_an_answer_that_is_not_understood_end_all() {
    assertThatThrownBy(() -> made(1, FailureCode.BARRIER_NOT_REACHED, 3))
        .isInstanceOf(DatabaseFault.class);
    assertThatThrownBy(() -> made(2, FailureCode.STATE_UNREADABLE, 3))
        .isInstanceOf(DatabaseFault.class);
  }

  @Test
  void none_is_asked_for_after_one_that_held_commits_for_long() throws DatabaseFault {
    assertThat(made(NAMES.size() + 1, FailureCode.BARRIER_NOT_REACHED, 501))
        .isEqualTo(NAMES.subList(0, 1));
  }

  private static List<InstanceId> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new InstanceId("east-" + i)).toList();
  }

  private static DatabaseFault late(Optional<String> blocker, Seen seen) {
    DatabaseFault timedOut = new DatabaseFault(FailureCode.DATABASE_UNREACHABLE, "read timed out");
    return GreenplumPoint.late(TIMEOUT, 99, true, blocker, seen, timedOut);
  }
}
