package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.HistoryRecord.HistoryRun;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.Sha256;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.replay.StoredHistories;
import dev.mooring.starter.replay.WrittenEvidence;
import dev.mooring.wire.HistoryFormat;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mooring verify} over kept histories: of a refused consume, which needs no manifest. */
class VerifyDecisionsTest {
  private static final WorkflowExecutionHistory HISTORY = StoredHistories.of("consume/refused");
  private static final Receipt RECEIPT = new WrittenEvidence(HISTORY).receipts().get(0);

  @TempDir Path directory = Path.of("set by JUnit");
  private SampleEvidence evidence = new SampleEvidence(Path.of("set before each"));

  @BeforeEach
  void prepare() throws IOException {
    evidence = SampleEvidence.in(directory);
    evidence.receipt(RECEIPT);
  }

  private void keep(WorkflowExecutionHistory history) {
    byte[] packed = HistoryFormat.pack(history.toJson(false));
    String run = RECEIPT.run().originalRun();
    evidence.keep(
        new HistoryRecord(
            new HistoryRun(
                SampleManifests.HARBOUR, "DrConsume", RECEIPT.run().workflowId(), run, run),
            "FAILED",
            RECEIPT.ending().at().minusSeconds(3),
            RECEIPT.ending().at(),
            history.getEvents().size(),
            Sha256.of(packed)),
        packed);
  }

  private Path packed() throws IOException {
    try (Stream<Path> files = Files.list(evidence.file("histories"))) {
      return files.filter(file -> file.toString().endsWith(".gz")).findFirst().orElseThrow();
    }
  }

  @Test
  void a_decision_that_comes_out_again_is_counted() {
    keep(HISTORY);
    Said said = evidence.type("verify");

    assertThat(said.status()).as(said.out() + said.err()).isZero();
    assertThat(said.out())
        .contains("all evidence found is as it was written")
        .contains("decisions of 1 histories were taken again by this release, of which 0 do not")
        .contains("0 receipts have no history here");
  }

  @Test
  void a_run_without_a_history_is_told_and_no_fault() {
    Said said = evidence.type("verify");

    assertThat(said.status()).isZero();
    assertThat(said.out()).contains("1 receipts have no history here");
  }

  @Test
  void a_history_that_is_gone_with_its_record_is_told_where_older_runs_have_theirs() {
    keep(HISTORY);
    evidence.receipt(new WrittenEvidence(StoredHistories.of("consume/planned")).receipts().get(0));
    Said said = evidence.type("verify");

    assertThat(said.status()).isEqualTo(ExitCode.STATUS_WARNING.status());
    assertThat(said.out())
        .contains("gone, or never kept: the histories of receipts [2]")
        .contains("HINT: `mooring_histories_waiting`");
  }

  /** By one who has the signing key. */
  @Test
  void an_observation_altered_and_sealed_anew_is_found_out() throws IOException {
    keep(StoredHistories.altered(HISTORY, "ObserveInstances", "\"STOPPED\"", "\"RUNNING\""));

    assertBroken(packed() + "  what was decided does not follow from it: ");
  }

  @Test
  void a_history_altered_by_a_byte_is_found_out() throws IOException {
    keep(HISTORY);
    byte[] bytes = Files.readAllBytes(packed());
    bytes[bytes.length / 2] ^= 1;
    Files.write(packed(), bytes);

    assertBroken("receipt 1  ", packed() + " is not believed: it has digest ");
  }

  @Test
  void a_history_that_is_gone_and_its_record_there_is_missed() throws IOException {
    keep(HISTORY);
    Path gone = packed();
    Files.delete(gone);

    assertBroken(gone + " is not believed: it is missing, its record is there");
  }

  @Test
  void a_history_of_another_run_under_this_ones_name_is_found_out() throws IOException {
    keep(StoredHistories.of("consume/planned"));

    assertBroken(packed() + "  by it the run left no such receipt as 1");
  }

  @Test
  void none_is_looked_at_where_none_is_asked_for() {
    keep(StoredHistories.of("consume/planned"));
    Said said =
        Said.by("verify", "harbour", "--config-dir", directory.toString(), "--decisions", "0");

    assertThat(said.status()).isZero();
    assertThat(said.out()).contains("decisions of 0 histories");
    assertThat(
            Said.by("verify", "harbour", "--config-dir", directory.toString(), "--decisions=-1")
                .status())
        .isEqualTo(ExitCode.USAGE.status());
  }

  private void assertBroken(String... sentences) {
    Said said = evidence.type("verify");

    assertThat(said.status())
        .as(said.out() + said.err())
        .isEqualTo(ExitCode.STATUS_CRITICAL.status());
    assertThat(List.of(said.out())).allSatisfy(out -> assertThat(out).contains(sentences));
    assertThat(said.out()).contains("EVIDENCE BROKEN");
  }
}
