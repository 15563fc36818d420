package dev.mooring.starter.report;

import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.ProofRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report for people: a page that can be put into a ticket or an auditor's folder. */
public final class ReportMarkdown {
  private final List<String> lines = new ArrayList<>();
  private final RunReport report;
  private final Receipt run;

  private ReportMarkdown(RunReport report) {
    this.report = report;
    this.run = report.run();
  }

  /** The page, line by line. */
  public static List<String> of(RunReport report) {
    ReportMarkdown page = new ReportMarkdown(report);
    page.head();
    page.who();
    page.what();
    page.plans();
    page.when();
    page.proof();
    page.goodChecks();
    page.list("Less than wanted", report.run().seen().degraded(), "nothing");
    page.list("Overrides", overrides(report.run()), "none: every rule was kept");
    page.evidence();
    return page.lines;
  }

  private static List<String> overrides(Receipt run) {
    return run.decisions().stream()
        .filter(Receipt.DecisionRecord::isOverride)
        .map(rule -> rule.about() + " by " + rule.by() + because(rule.reason()))
        .toList();
  }

  private void head() {
    lines.add(
        String.format(
            "# %s of %s%s: %s",
            run.run().runbook(), run.run().cluster(), run.run().atScope(), run.endedAs()));
    lines.add("");
    lines.add(
        text(run.ending().headline())
            + (run.ending().code().isEmpty() ? "" : " (" + run.ending().code() + ")"));
  }

  private void who() {
    section("Who");
    row("asked by", run.asked().by());
    row("reason", run.asked().reason());
    row("started by", report.history().startedBy());
    for (Receipt.DecisionRecord decision : report.decisions()) {
      row(
          decision.decision() + ", " + decision.at(),
          decision.about() + " by " + decision.by() + because(decision.reason()));
    }
    for (HistoryFacts.Message message : report.messages()) {
      row(
          message.kind() + ", " + message.at(),
          message.words() + " by " + message.by() + because(message.reason()));
    }
    if (report.decisions().isEmpty() && report.messages().isEmpty()) {
      row("decisions", report.history().isKnown() ? "none" : "unknown");
    }
  }

  private static String because(String reason) {
    return reason.isEmpty() ? "" : ": " + reason;
  }

  private void what() {
    section("What");
    row("runbook", run.run().runbook());
    row("cluster", run.run().cluster().value());
    row("site or instance", run.run().scope());
    row("restore point", run.ending().restorePoint());
    row("request", run.asked().requestJson());
    row("cluster file", run.asked().clusterFileDigest());
    row("workflow id", run.run().workflowId());
    row("run", run.run().originalRun());
  }

  /** What it meant to do; whose digest was approved stands above. */
  private void plans() {
    for (Receipt.PlanRecord plan : run.plans()) {
      section("Plan");
      row("digest", plan.digest());
      row("request", plan.request());
      plan.objects().forEach(object -> row("object", object));
      plan.measured().stream()
          .filter(fact -> !fact.good())
          .forEach(fact -> row(fact.name(), fact.value()));
      long good = plan.measured().stream().filter(Receipt.Fact::good).count();
      if (good > 0) {
        row("checks", good + " good: they stand behind the proof");
      }
    }
  }

  /** What a plan looked at and found as it must be, once where plans share it. */
  private void goodChecks() {
    List<Receipt.Fact> good =
        run.plans().stream()
            .flatMap(plan -> plan.measured().stream())
            .filter(Receipt.Fact::good)
            .distinct()
            .toList();
    if (!good.isEmpty()) {
      section("Checks that were good");
      good.forEach(fact -> row(fact.name(), fact.value()));
    }
  }

  private void when() {
    lines.add("");
    lines.add("## When");
    lines.add("");
    lines.add(String.format("Began %s, ended %s (UTC).", report.startedAt(), run.ending().at()));
    lines.add("");
    header(List.of("step", "began", "seconds", "result"));
    for (Receipt.StepRecord step : run.steps()) {
      cells(
          List.of(
              step.step(),
              step.startedAt().toString(),
              String.format(Locale.ROOT, "%.3f", step.took().toMillis() / 1000.0),
              step.result()));
    }
  }

  private void proof() {
    lines.add("");
    lines.add("## Proof");
    lines.add("");
    if (run.seen().proofs().isEmpty()) {
      lines.add("Nothing was proved.");
      return;
    }
    header(List.of("of", "seen"));
    for (ProofRecord proof : run.seen().proofs()) {
      cells(
          List.of(
              proof.subject(),
              String.join(
                  "; ",
                  proof.facts().stream().map(fact -> fact.name() + ": " + fact.value()).toList())));
    }
  }

  private void list(String title, List<String> entries, String none) {
    lines.add("");
    lines.add("## " + title);
    lines.add("");
    entries.forEach(entry -> lines.add("- " + text(entry)));
    if (entries.isEmpty()) {
      lines.add(none.substring(0, 1).toUpperCase(Locale.ROOT) + none.substring(1) + ".");
    }
  }

  private void evidence() {
    section("Evidence");
    row("receipt", report.seal().path());
    row("its number", Long.toString(report.receipt().sequence()));
    row("its sha-256", report.seal().sha256());
    row("sealed by key", report.seal().keyId());
    row("history", report.history().where());
    row("its sha-256", report.history().sha256());
    for (HistoryFacts.TriedAgain act : report.history().triedAgain()) {
      row("tried again", act.act() + ", " + act.attempts() + " attempts: " + act.lastFailure());
    }
  }

  private void section(String title) {
    lines.add("");
    lines.add("## " + title);
    lines.add("");
    lines.add("| | |");
    lines.add("| --- | --- |");
  }

  private void header(List<String> headings) {
    cells(headings);
    lines.add("|" + " --- |".repeat(headings.size()));
  }

  private void row(String name, String value) {
    cells(List.of(name, value));
  }

  private void cells(List<String> cells) {
    lines.add(
        "| "
            + String.join(" | ", cells.stream().map(c -> c.isEmpty() ? "-" : text(c)).toList())
            + " |");
  }

  /** On one line, and nothing of it taken for a table or for HTML. */
  private static String text(String value) {
    return value
        .replaceAll("\\s*\\R\\s*", " ")
        .replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("<", "&lt;");
  }
}
