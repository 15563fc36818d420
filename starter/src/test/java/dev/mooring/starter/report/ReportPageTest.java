package dev.mooring.starter.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.runbook.StoredHistories;
import dev.mooring.starter.replay.WrittenEvidence;
import dev.mooring.starter.report.HistoryFacts.Act;
import dev.mooring.starter.report.HistoryFacts.Kept;
import dev.mooring.starter.report.HistoryFacts.Source;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The report as one HTML file, of runs as they were recorded. */
class ReportPageTest {

  private static RunReport report(String name) {
    WorkflowExecutionHistory history = StoredHistories.of(name);
    Receipt receipt = new WrittenEvidence(history).receipts().get(0);
    return new RunReport(
        SampleReceipts.chained(1, receipt),
        new RunReport.Sealed("/evidence/1.json", SampleReceipts.digestOf(1), "06e3fd8fda29bb60"),
        HistoryReading.of(history, new Source(Kept.EVIDENCE, "/evidence/run.json.gz", "")));
  }

  @Test
  void a_history_says_what_ran_where_and_in_which_step() {
    List<Act> acts = report("switchover/completed").history().acts();

    assertThat(acts).extracting(Act::place).contains("e0", "w0", "site east", "Temporal");
    assertThat(acts)
        .filteredOn(act -> act.step().equals("HAND_OVER"))
        .singleElement()
        .satisfies(act -> assertThat(act.place()).isEqualTo("e0"))
        .satisfies(act -> assertThat(act.ended()).isAfterOrEqualTo(act.began()))
        .satisfies(act -> assertThat(act.failure()).isEmpty());
  }

  @Test
  void the_page_needs_nothing_beside_it_and_has_a_lane_for_each_host() {
    String html = ReportPage.html(report("switchover/completed"));

    assertThat(html).contains(">steps</text>", ">e0</text>", ">w0</text>", "HAND_OVER, ");
    assertThat(html).doesNotContain("<script", "src=", "url(", "@import", "<link");
  }

  @Test
  void a_run_without_a_history_has_its_steps_alone() {
    RunReport known = report("switchover/completed");
    RunReport unknown =
        new RunReport(known.receipt(), known.seal(), HistoryFacts.without(Kept.NONE, "none"));

    assertThat(ReportPage.html(unknown)).contains(">steps</text>").doesNotContain(">e0</text>");
  }

  /** An application_name may be a link; a page that a person approves by must not have it. */
  @Test
  void no_text_of_a_report_in_markdown_is_a_link() {
    MarkdownSheet sheet = new MarkdownSheet();
    sheet.sentence("[approve](https://intruder.test) <b>");

    assertThat(sheet.lines()).containsExactly("\\[approve\\](https://intruder.test) &lt;b>");
  }
}
