package dev.mooring.starter.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.runbook.StoredHistories;
import dev.mooring.starter.report.HistoryFacts.Kept;
import dev.mooring.starter.report.HistoryFacts.Message;
import dev.mooring.starter.report.HistoryFacts.Source;
import dev.mooring.starter.report.HistoryFacts.TriedAgain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunReportTest {
  private static final HistoryFacts HISTORY =
      new HistoryFacts(
          new Source(
              Kept.EVIDENCE, "/evidence/harbour/histories/run.json.gz", SampleReceipts.digestOf(9)),
          "4711@desk",
          Optional.of(Instant.parse("2026-02-01T18:17:48.100Z")),
          112,
          List.of(
              new Message(
                  Instant.parse("2026-02-01T18:17:48.900Z"),
                  "decide",
                  "roll-back",
                  "ben",
                  "wrong | night")),
          List.of(new TriedAgain("EnsureTarget", 3, "host w0 did not answer")),
          List.of());

  private static final RunReport REPORT =
      new RunReport(
          SampleReceipts.chained(2, approved(SampleReceipts.consume(1, Status.SUCCESS))),
          new RunReport.Sealed(
              "/evidence/harbour/receipts/00000002.json",
              SampleReceipts.digestOf(2),
              "06e3fd8fda29bb60"),
          HISTORY);

  private static Receipt approved(Receipt plain) {
    return new Receipt(
        plain.run(),
        plain.asked(),
        plain.ending(),
        plain.steps(),
        plain.seen(),
        List.of(
            new Receipt.DecisionRecord(
                "approve",
                "c4534a",
                "ann",
                "maintenance",
                Instant.parse("2026-02-01T18:17:48Z"),
                List.of(
                    new Receipt.ApprovalSignature(
                        "0123456789abcdef", "unread here", Instant.parse("2026-02-01T18:17:40Z"))),
                false),
            new Receipt.DecisionRecord(
                "approve",
                "c4534a",
                "cara",
                "maintenance",
                Instant.parse("2026-02-01T18:17:49Z"),
                List.of(),
                true)),
        List.of(
            new Receipt.PlanRecord(
                "c4534a",
                "consume at west",
                List.of("west-0 | parked at the newest point"),
                List.of("LOOK: looks at every instance"),
                List.of(
                    new Receipt.Fact("clock of w0", "12 ms ahead"),
                    new Receipt.Fact("room on w0", "9 GB; must be 1 GB or more: good", true)))));
  }

  @Test
  void the_page_is_the_golden_one() throws IOException {
    assertGolden("report.md", String.join("\n", ReportPage.markdown(REPORT)) + "\n");
  }

  @Test
  void the_json_is_the_golden_one() throws IOException {
    assertGolden("report.json", ReportJson.of(REPORT) + "\n");
  }

  @Test
  void a_plan_is_reported_as_one() {
    RunReport plan =
        new RunReport(
            SampleReceipts.chained(2, SampleReceipts.plan(SampleReceipts.publish(1))),
            REPORT.seal(),
            HISTORY);

    assertThat(ReportJson.of(plan)).contains("\"mode\" : \"plan\"");
  }

  /** Ben's word to roll back is not in the receipt; Ann's approval is, and is told once. */
  @Test
  void what_was_decided_is_told_once() {
    RunReport report =
        new RunReport(
            REPORT.receipt(),
            REPORT.seal(),
            new HistoryFacts(
                new Source(Kept.EVIDENCE, "", ""),
                "",
                Optional.empty(),
                2,
                List.of(
                    new Message(Instant.EPOCH, "decide", "approve c4534a", "ann", "maintenance"),
                    new Message(Instant.EPOCH, "decide", "roll-back", "ben", "wrong night")),
                List.of(),
                List.of()));

    assertThat(ReportPage.markdown(report))
        .filteredOn(line -> line.contains(" by ann") || line.contains(" by ben"))
        .containsExactly(
            "| approve, 2026-02-01T18:17:48Z | c4534a by ann (signed with key 0123456789abcdef):"
                + " maintenance |",
            "| decide, 1970-01-01T00:00:00Z | roll-back by ben: wrong night |");
  }

  /** With {@code -Dmooring.golden.regenerate=true} the golden file is written anew. */
  private static void assertGolden(String name, String now) throws IOException {
    Path file = Path.of("src/test/resources/dev/mooring/starter/report", name);
    if (Boolean.getBoolean("mooring.golden.regenerate")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, now);
    }
    assertThat(now).isEqualTo(Files.readString(file));
  }

  @Test
  void a_history_tells_who_stopped_the_run() {
    HistoryFacts facts = facts("consume/rolled-back");

    assertThat(facts.startedAt()).isPresent();
    assertThat(facts.startedBy()).isNotEmpty();
    assertThat(facts.events()).isGreaterThan(10);
    assertThat(facts.messages())
        .singleElement()
        .satisfies(reported -> assertThat(reported.by()).isNotEmpty());
  }

  private static HistoryFacts facts(String name) {
    return HistoryReading.of(StoredHistories.of(name), new Source(Kept.TEMPORAL, "here", ""));
  }
}
