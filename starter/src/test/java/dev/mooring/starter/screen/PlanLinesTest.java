package dev.mooring.starter.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.PlanTable;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.starter.console.Table;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanLinesTest {
  private static final CheckRow GOOD =
      CheckRow.must(true, "walsender-lag", "west-0", "0 bytes", "at most 16777216", "");
  private static final CheckRow WARNED =
      CheckRow.wanted(false, "answers", "east-1", "silent", "seen", "start it");
  private static final CheckRow WRONG =
      CheckRow.must(false, "slots", "east-0", "a logical one", "none", "drop it");
  private static final Plan PLAN =
      new Plan(
          "ab12",
          new Plan.Origin("Switchover", "file"),
          List.of(),
          List.of(),
          List.of(
              new Fact("expected outage", "2 s"),
              new Fact("candidate 1", "west-0, at length"),
              GOOD.fact(),
              WARNED.fact(),
              WRONG.fact()),
          List.of(
              new PlanTable(
                  "candidates",
                  List.of("candidate", "bytes lost"),
                  List.of(new PlanTable.Row(List.of("west-0", "0"))),
                  List.of("candidate 1"))),
          List.of());

  private static List<String> shown(boolean whole) {
    return shown(whole, Table.UNLIMITED);
  }

  private static List<String> shown(boolean whole, int width) {
    return PlanLines.of(new Progress("Switchover", "", "", List.of()), PLAN, whole, width);
  }

  @Test
  void checks_that_hold_are_counted_and_all_else_is_shown() {
    assertThat(shown(false))
        .containsSubsequence(
            "  expected outage  2 s",
            "  east-1 answers   silent; must be seen: warning (start it)",
            "  east-0 slots     a logical one; must be none: wrong (drop it)",
            "1 check good: --verbose shows them",
            "digest: ab12")
        .noneMatch(line -> line.contains("west-0 walsender-lag"));
  }

  @Test
  void candidates_stand_in_a_table_and_at_length_only_where_all_is_shown() {
    assertThat(shown(false))
        .containsSubsequence(
            "candidates:", "  candidate  bytes lost", "  ---------  ----------", "  west-0     0")
        .noneMatch(line -> line.contains("at length"));
    assertThat(shown(true)).contains("  candidate 1           west-0, at length");
  }

  @Test
  void what_was_measured_is_wrapped_to_the_terminal() {
    assertThat(shown(false, 44))
        .containsSubsequence(
            "  east-0 slots     a logical one; must be", "                   none: wrong (drop it)")
        .allMatch(line -> line.length() <= 44);
  }

  @Test
  void with_all_of_them_none_is_counted() {
    assertThat(shown(true))
        .contains("  west-0 walsender-lag  0 bytes; must be at most 16777216: good")
        .noneMatch(line -> line.contains("--verbose"));
  }
}
