package dev.mooring.starter.screen;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.PlanTable;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.starter.console.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a run would do. */
public final class PlanLines {
  private static final String INDENT = "  ";

  private PlanLines() {}

  /**
   * What was read, what it would act on, in which steps; the measured values; what a person types
   * without Mooring; the digest.
   *
   * @param whole whether checks that hold are shown too, not only counted
   * @param width how many columns of text a line may have, or {@link Table#UNLIMITED}
   */
  public static List<String> of(Progress progress, Plan plan, boolean whole, int width) {
    List<String> lines = new ArrayList<>(List.of("observed:"));
    for (StepProgress step : progress.steps()) {
      if (step.state().equals("done")) {
        lines.add(INDENT + step.sentence() + (step.note().isEmpty() ? "" : ": " + step.note()));
      }
    }
    section(
        lines,
        "request:",
        Stream.of(plan.origin().request()).filter(text -> !text.isEmpty()).toList());
    section(lines, "would act on:", plan.objects());
    section(lines, "in these steps:", plan.steps());
    for (PlanTable compared : plan.tables()) {
      Table table = new Table(compared.headings());
      compared.rows().forEach(row -> table.row(row.cells()));
      section(lines, compared.title() + ":", table, width);
    }
    measured(lines, plan, whole, width);
    section(lines, "by hand, should nothing of Mooring be there to do it:", plan.byHand());
    if (!plan.digest().isEmpty()) {
      lines.add("digest: " + plan.digest());
    }
    return lines;
  }

  /** A value that a table shows is repeated in words only if everything is shown. */
  private static void measured(List<String> lines, Plan plan, boolean whole, int width) {
    List<String> compared = plan.tables().stream().flatMap(one -> one.inWords().stream()).toList();
    Table table = new Table("", "");
    plan.measured().stream()
        .filter(fact -> whole || (!fact.good() && !compared.contains(fact.name())))
        .forEach(fact -> table.row(fact.name(), fact.value()));
    section(lines, "measured now (not part of the digest):", table, width);
    long good = plan.measured().stream().filter(Receipt.Fact::good).count();
    if (!whole && good > 0) {
      lines.add(good + (good == 1 ? " check" : " checks") + " good: --verbose shows them");
    }
  }

  private static void section(List<String> lines, String heading, Table table, int width) {
    if (!table.isEmpty()) {
      lines.add(heading);
      lines.addAll(table.lines(width, INDENT));
    }
  }

  private static void section(List<String> lines, String heading, List<String> entries) {
    if (!entries.isEmpty()) {
      lines.add(heading);
      entries.forEach(entry -> lines.add(INDENT + entry));
    }
  }
}
