package dev.mooring.starter.report;

import dev.mooring.evidence.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report for people, as Markdown or as HTML: the same content in the same order. */
public final class ReportPage {
  private final Sheet sheet;
  private final RunReport report;
  private final Receipt run;

  private ReportPage(RunReport report, Sheet sheet) {
    this.sheet = sheet;
    this.report = report;
    this.run = report.run();
  }

  /** The report as Markdown, line by line. */
  public static List<String> markdown(RunReport report) {
    MarkdownSheet sheet = new MarkdownSheet();
    new ReportPage(report, sheet).write();
    return sheet.lines();
  }

  /** The report as one HTML file that needs no other file. */
  public static String html(RunReport report) {
    HtmlSheet sheet = new HtmlSheet();
    new ReportPage(report, sheet).write();
    return sheet.html();
  }

  private void write() {
    head();
    sheet.picture(report);
    who();
    what();
    plans();
    when();
    proof();
    goodChecks();
    list("Less than wanted", run.seen().degraded(), "nothing");
    list("Overrides", overrides(run), "none: every rule was kept");
    evidence();
  }

  private static List<String> overrides(Receipt run) {
    return run.decisions().stream()
        .filter(Receipt.DecisionRecord::isOverride)
        .map(rule -> rule.about() + " by " + rule.by() + because(rule.reason()))
        .toList();
  }

  private void head() {
    sheet.title(
        String.format(
            "%s of %s%s: %s",
            run.run().runbook(), run.run().cluster(), run.run().atScope(), run.endedAs()),
        run.ending().headline()
            + (run.ending().code().isEmpty() ? "" : " (" + run.ending().code() + ")"));
  }

  private void who() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("asked by", run.asked().by()));
    rows.add(List.of("reason", run.asked().reason()));
    rows.add(List.of("started by", report.history().startedBy()));
    for (Receipt.DecisionRecord decision : report.decisions()) {
      rows.add(
          List.of(
              decision.decision() + ", " + decision.at(),
              decision.about() + " by " + decision.byWithSignature() + because(decision.reason())));
    }
    for (HistoryFacts.Message message : report.messages()) {
      rows.add(
          List.of(
              message.kind() + ", " + message.at(),
              message.words() + " by " + message.by() + because(message.reason())));
    }
    if (report.decisions().isEmpty() && report.messages().isEmpty()) {
      rows.add(List.of("decisions", report.history().isKnown() ? "none" : "unknown"));
    }
    facts("Who", rows);
  }

  private static String because(String reason) {
    return reason.isEmpty() ? "" : ": " + reason;
  }

  private void what() {
    facts(
        "What",
        List.of(
            List.of("runbook", run.run().runbook()),
            List.of("cluster", run.run().cluster().value()),
            List.of("site or instance", run.run().scope()),
            List.of("restore point", run.ending().restorePoint()),
            List.of("request", run.asked().requestJson()),
            List.of("cluster file", run.asked().clusterFileDigest()),
            List.of("workflow id", run.run().workflowId()),
            List.of("run", run.run().originalRun())));
  }

  /** The plan; the approved digest is shown above. */
  private void plans() {
    for (Receipt.PlanRecord plan : run.plans()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("digest", plan.digest()));
      rows.add(List.of("request", plan.request()));
      plan.objects().forEach(object -> rows.add(List.of("object", object)));
      plan.measured().stream()
          .filter(fact -> !fact.good())
          .forEach(fact -> rows.add(List.of(fact.name(), fact.value())));
      long good = plan.measured().stream().filter(Receipt.Fact::good).count();
      if (good > 0) {
        rows.add(List.of("checks", good + " good: they are listed after the proof"));
      }
      facts("Plan", rows);
    }
  }

  /** The checks of plans that held, each once if plans share them. */
  private void goodChecks() {
    List<List<String>> good =
        run.plans().stream()
            .flatMap(plan -> plan.measured().stream())
            .filter(Receipt.Fact::good)
            .distinct()
            .map(fact -> List.of(fact.name(), fact.value()))
            .toList();
    if (!good.isEmpty()) {
      facts("Checks that were good", good);
    }
  }

  private void when() {
    sheet.section("When");
    sheet.sentence(
        String.format("Began %s, ended %s (UTC).", report.startedAt(), run.ending().at()));
    sheet.table(
        List.of("step", "began", "seconds", "result"),
        run.steps().stream()
            .map(
                step ->
                    List.of(
                        step.step(),
                        step.startedAt().toString(),
                        String.format(Locale.ROOT, "%.3f", step.took().toMillis() / 1000.0),
                        step.result()))
            .toList());
  }

  private void proof() {
    sheet.section("Proof");
    if (run.seen().proofs().isEmpty()) {
      sheet.sentence("Nothing was proved.");
      return;
    }
    sheet.table(
        List.of("of", "seen"),
        run.seen().proofs().stream()
            .map(
                proof ->
                    List.of(
                        proof.subject(),
                        String.join(
                            "; ",
                            proof.facts().stream()
                                .map(fact -> fact.name() + ": " + fact.value())
                                .toList())))
            .toList());
  }

  private void list(String title, List<String> entries, String none) {
    sheet.section(title);
    if (entries.isEmpty()) {
      sheet.sentence(none.substring(0, 1).toUpperCase(Locale.ROOT) + none.substring(1) + ".");
    } else {
      sheet.list(entries);
    }
  }

  private void evidence() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("receipt", report.seal().path()));
    rows.add(List.of("its number", Long.toString(report.receipt().sequence())));
    rows.add(List.of("its sha-256", report.seal().sha256()));
    rows.add(List.of("sealed by key", report.seal().keyId()));
    rows.add(List.of("history", report.history().source().where()));
    rows.add(List.of("its sha-256", report.history().source().sha256()));
    for (HistoryFacts.TriedAgain act : report.history().triedAgain()) {
      rows.add(
          List.of(
              "tried again",
              act.act() + ", " + act.attempts() + " attempts: " + act.lastFailure()));
    }
    facts("Evidence", rows);
  }

  private void facts(String title, List<List<String>> rows) {
    sheet.section(title);
    sheet.table(List.of("", ""), rows);
  }
}
