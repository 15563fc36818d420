package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StatusOverviewTest {

  private static StatusOverview of(String... names) {
    return StatusOverview.of(
        Stream.of(names).map(ClusterName::new).toList(), StatusOverviewTest::look);
  }

  /** Each stands as its name says. */
  private static StatusResult look(ClusterName cluster) {
    if (cluster.value().startsWith("dark")) {
      throw CommandFailure.failed("nobody took the run", "start a worker");
    }
    Judged verdict =
        Stream.of(Judged.values())
            .filter(one -> cluster.value().startsWith(one.level()))
            .findFirst()
            .orElseThrow();
    return new StatusResult(
        cluster + " stands",
        verdict,
        cluster,
        Instant.EPOCH,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(new CheckRow("a-fact", "", "seen", "other", verdict, "", "")),
        List.of(),
        List.of());
  }

  @Test
  void the_worst_comes_first_and_the_next_command_is_for_it() {
    StatusOverview overview = of("note-a", "warning-b", "critical-c", "dark-d", "note-e");

    assertThat(overview.lines(Table.UNLIMITED))
        .containsExactly(
            "2 of 5 clusters are good",
            "",
            "cluster     state     verdict              critical  warnings",
            "----------  --------  -------------------  --------  --------",
            "critical-c  critical  critical-c stands    1         -",
            "dark-d      unknown   nobody took the run  -         -",
            "warning-b   warning   warning-b stands     -         1",
            "note-a      good      note-a stands        -         -",
            "note-e      good      note-e stands        -         -",
            "",
            "next: `mooring status critical-c` names each finding");
    assertThat(overview.exitCode()).isEqualTo(ExitCode.STATUS_CRITICAL);
  }

  @Test
  void where_all_are_good_that_is_all() {
    StatusOverview overview = of("note-b", "note-a");

    assertThat(overview.lines(Table.UNLIMITED))
        .hasSize(6)
        .startsWith("all 2 clusters are good")
        .last()
        .asString()
        .startsWith("note-b ");
    assertThat(overview.exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void one_that_can_not_be_seen_is_not_good() {
    assertThat(of("warning-a", "dark-b").exitCode()).isEqualTo(ExitCode.FAILED);
  }
}
