package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.runbook.StoredHistories;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.replay.WrittenEvidence;
import io.temporal.api.enums.v1.EventType;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportCommandTest {
  private static final WorkflowExecutionHistory HISTORY = StoredHistories.of("consume/refused");
  private static final Receipt REFUSED = new WrittenEvidence(HISTORY).receipts().get(0);
  private static final String RESET = "01a1fe02-9358-736b-88f2-7667853c8dfe";
  private static final Map<String, String> NO_TEMPORAL = Map.of("TEMPORAL_ADDRESS", "127.0.0.1:1");

  @TempDir Path directory = Path.of("set by JUnit");
  private SampleEvidence evidence = new SampleEvidence(Path.of("set before each"));

  @BeforeEach
  void prepare() throws IOException {
    evidence = SampleEvidence.in(directory);
    evidence.publish(SampleManifests.ready(1, 2));
    evidence.receipt(SampleReceipts.publish(1));
    evidence.moor(SampleReceipts.state(1));
    evidence.receipt(SampleReceipts.consume(1, Status.SUCCESS));
    evidence.receipt(SampleReceipts.consume(2, Status.MISSING_WAL));
  }

  private Said report(String... words) {
    String[] all =
        Stream.concat(Stream.of("report", "--config-dir", directory.toString()), Stream.of(words))
            .toArray(String[]::new);
    return Said.by(NO_TEMPORAL, all);
  }

  @ParameterizedTest
  @CsvSource({
    "harbour, 3",
    "mooring:harbour:DrConsume:west, 3",
    "mooring:harbour:PublishCycle:east, 1",
    "2, 2",
    "00000002.json, 2",
  })
  void a_run_is_named_by_cluster_workflow_or_receipt(String named, int sequence)
      throws IOException {
    Said said = report(named, "--format", "json");

    assertThat(said.status()).as(said.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(said.out());
    assertThat(json.at("/evidence/receipt/sequence").asInt()).isEqualTo(sequence);
  }

  @Test
  void a_plan_is_not_the_last_run_of_a_cluster() throws IOException {
    evidence.receipt(SampleReceipts.plan(SampleReceipts.publish(2)));

    Said said = report("harbour", "--format", "json");
    assertThat(new ObjectMapper().readTree(said.out()).at("/evidence/receipt/sequence").asInt())
        .isEqualTo(3);
  }

  @Test
  void a_page_is_made_of_the_evidence_alone() {
    Said said = report("2");

    assertThat(said.status()).as(said.err()).isZero();
    assertThat(said.out())
        .startsWith("# DrConsume of harbour at west: COMPLETED\n\nrun 1 ended\n")
        .contains("| asked by | anna |", "| decisions | unknown |", "| west-0 | timeline: 1 |")
        .contains("| receipt | " + evidence.file("receipts/00000002.json") + " |")
        .contains("| history | unknown: no Temporal server answers at 127.0.0.1:1");
  }

  @Test
  void a_run_that_did_not_complete_says_how_it_ended() {
    Said said = report("3");

    assertThat(said.out())
        .startsWith("# DrConsume of harbour at west: FAILED\n\nrun 2 ended (WAL_MISSING)\n");
  }

  @Test
  void a_receipt_that_was_altered_makes_no_report() throws IOException {
    Path receipt = evidence.file("receipts/00000003.json");
    Files.writeString(
        receipt, Files.readString(receipt).replace("\"anna\"", "\"ann\""), StandardCharsets.UTF_8);
    Said said = report("3");

    assertThat(said.status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.out()).isEmpty();
    assertThat(said.err())
        .contains(receipt + " is not believed: the signature of key ")
        .contains("HINT: `mooring verify`");
  }

  @ParameterizedTest
  @CsvSource({"harbour", "mooring:harbour:DrConsume:west"})
  void an_older_run_is_not_taken_for_the_last_one(String named) throws IOException {
    Path receipt = evidence.file("receipts/00000003.json");
    Files.writeString(receipt, Files.readString(receipt).replace("\"anna\"", "\"ann\""));
    Said said = report(named);

    assertThat(said.status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains(receipt + " is not believed");
    assertThat(report("2").status()).isZero();
  }

  @Test
  void a_number_is_looked_up_by_its_own_file() throws IOException {
    Path second = evidence.file("receipts/00000002.json");
    Path third = evidence.file("receipts/00000003.json");
    Files.writeString(second, Files.readString(second).replace("\"anna\"", "\"ann\""));
    Files.writeString(third, "{}");

    assertThat(report("2").err()).contains(second + " is not believed");
    Files.copy(evidence.file("receipts/00000001.json"), third, StandardCopyOption.REPLACE_EXISTING);
    assertThat(report("3").err()).contains(third + " is not believed: it is receipt 1, not 3");
  }

  @Test
  void a_run_without_a_receipt_is_said_to_have_none() {
    Said said = report("00000000-0000-0000-0000-000000000000", "--cluster", "harbour");

    assertThat(said.status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.err())
        .contains("no receipt is of run 00000000")
        .contains("HINT: a run has a receipt");
  }

  private Path packed() throws IOException {
    try (Stream<Path> files = Files.list(evidence.file("histories"))) {
      return files.filter(file -> file.toString().endsWith(".gz")).findFirst().orElseThrow();
    }
  }

  @Test
  void a_broken_history_leaves_a_report_of_the_receipt_and_says_so() throws IOException {
    evidence.receipt(REFUSED);
    evidence.keep(HISTORY, REFUSED);
    assertThat(report("4").out()).contains("| history | " + packed() + " |");
    byte[] bytes = Files.readAllBytes(packed());
    bytes[bytes.length / 2] ^= 1;
    Files.write(packed(), bytes);
    Said page = report("4");
    JsonNode json = new ObjectMapper().readTree(report("4", "--format", "json").out());

    assertThat(page.status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(page.out())
        .startsWith("# DrConsume of harbour at west: REFUSED")
        .contains("| decisions | unknown |")
        .contains("| history | not believed: " + packed() + " is not believed: it has digest ");
    assertThat(page.err()).contains("the history is not believed: ").contains("`mooring verify`");
    assertThat(json.at("/evidence/history/kept").asText()).isEqualTo("broken");
    assertThat(json.at("/evidence/history/where").asText()).startsWith("not believed: ");
  }

  /** The part that was reset had come further, and wrote no receipt. */
  @Test
  void of_a_reset_run_the_history_is_told_that_wrote_the_receipt() throws IOException {
    String original = REFUSED.run().originalRun();
    WorkflowExecutionHistory whole = StoredHistories.of("consume/completed");
    evidence.receipt(REFUSED);
    evidence.keep(
        StoredHistories.closedAfter(whole, 20, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED),
        REFUSED);
    Said before = report(original);
    evidence.keep(HISTORY, REFUSED, RESET);

    assertThat(before.out()).contains("; of 1 that are kept of this run none wrote this receipt |");
    for (String named : List.of(original, RESET)) {
      Said said = report(named, "--format", "json");
      assertThat(said.status()).as(said.err()).isZero();
      JsonNode json = new ObjectMapper().readTree(said.out());
      assertThat(json.at("/evidence/receipt/sequence").asInt()).isEqualTo(4);
      assertThat(json.at("/evidence/history/where").asText()).contains(original + "_" + RESET);
      assertThat(json.at("/what/run").asText()).isEqualTo(original);
    }
  }

  @Test
  void a_part_of_a_run_that_wrote_no_receipt_has_no_report() {
    evidence.receipt(REFUSED);
    evidence.keep(HISTORY, REFUSED);
    evidence.keep(
        StoredHistories.closedAfter(
            StoredHistories.of("consume/completed"),
            20,
            EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED),
        REFUSED,
        RESET);

    assertThat(report(RESET).status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(report(RESET).err()).contains("no receipt is of run " + RESET);
  }
}
