package dev.mooring.starter.screen;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Progress.StepProgress;
import java.util.ArrayList;
import java.util.List;

/** What a run would do. */
public final class PlanLines {
  private PlanLines() {}

  /**
   * What was looked at, on what it would act, in which steps; the measured values; what a person
   * types without Mooring; the digest.
   *
   * @param whole whether checks that hold are shown too, not only counted
   */
  public static List<String> of(Progress progress, Plan plan, boolean whole) {
    List<String> lines = new ArrayList<>(List.of("looked:"));
    for (StepProgress step : progress.steps()) {
      if (step.state().equals("done")) {
        lines.add("  " + step.sentence() + (step.note().isEmpty() ? "" : ": " + step.note()));
      }
    }
    section(lines, "would act on:", plan.objects());
    section(lines, "in these steps:", plan.steps());
    List<Receipt.Fact> measured =
        plan.measured().stream().filter(fact -> whole || !fact.good()).toList();
    section(lines, "measured now (not part of the digest):", aligned(measured));
    int unshown = plan.measured().size() - measured.size();
    if (unshown > 0) {
      lines.add(unshown + (unshown == 1 ? " check" : " checks") + " good: --verbose shows them");
    }
    section(lines, "by hand, should nothing of Mooring be there to do it:", plan.byHand());
    if (!plan.digest().isEmpty()) {
      lines.add("digest: " + plan.digest());
    }
    return lines;
  }

  private static List<String> aligned(List<Receipt.Fact> facts) {
    int widest = facts.stream().mapToInt(fact -> fact.name().length()).max().orElse(0);
    return facts.stream()
        .map(fact -> fact.name() + " ".repeat(widest - fact.name().length() + 2) + fact.value())
        .toList();
  }

  private static void section(List<String> lines, String heading, List<String> entries) {
    if (!entries.isEmpty()) {
      lines.add(heading);
      entries.forEach(entry -> lines.add("  " + entry));
    }
  }
}
