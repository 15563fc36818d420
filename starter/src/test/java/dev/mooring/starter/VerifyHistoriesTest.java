package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.runbook.StoredHistories;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.replay.WrittenEvidence;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mooring verify} over kept histories: of a refused consume, which needs no manifest. */
class VerifyHistoriesTest {
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
    evidence.keep(history, RECEIPT);
  }

  private Path packed() throws IOException {
    try (Stream<Path> files = Files.list(evidence.file("histories"))) {
      return files.filter(file -> file.toString().endsWith(".gz")).findFirst().orElseThrow();
    }
  }

  @Test
  void a_history_that_replays_is_counted() {
    keep(HISTORY);
    Said said = evidence.type("verify");

    assertThat(said.status()).as(said.out() + said.err()).isZero();
    assertThat(said.out())
        .contains("all evidence found is as it was written")
        .contains("1 histories were replayed by this release, of which 0 failed")
        .contains("1 kept histories are what their sealed records name")
        .contains("of the last 1 receipts 0 have no history here");
  }

  @Test
  void a_run_without_a_history_is_told_and_no_fault() {
    Said said = evidence.type("verify");

    assertThat(said.status()).isZero();
    assertThat(said.out()).contains("of the last 1 receipts 1 have no history here");
  }

  @Test
  void a_history_that_is_gone_with_its_record_is_told_where_older_runs_have_theirs() {
    keep(HISTORY);
    evidence.receipt(endedHoursAgo("consume/planned"));
    Said said = evidence.type("verify");

    assertThat(said.status()).isEqualTo(ExitCode.STATUS_WARNING.status());
    assertThat(said.out())
        .contains("gone, or never kept: the histories of receipts [2]")
        .contains("HINT: `mooring_histories_waiting`");
  }

  /** As an old run left it, however lately that history was recorded. */
  private static Receipt endedHoursAgo(String history) {
    Receipt lately = new WrittenEvidence(StoredHistories.of(history)).receipts().get(0);
    Receipt.Ending ending = lately.ending();
    return new Receipt(
        lately.run(),
        lately.asked(),
        new Receipt.Ending(
            ending.outcome(),
            ending.code(),
            ending.headline(),
            ending.restorePoint(),
            ending.at().minus(Duration.ofHours(2))),
        lately.steps(),
        lately.seen(),
        lately.decisions(),
        lately.plans());
  }

  /** By one who has the signing key. */
  @Test
  void a_history_that_was_altered_so_that_it_does_not_replay_and_sealed_anew_is_found_out()
      throws IOException {
    keep(altered());

    Said said = evidence.type("verify");

    assertThat(said.status()).isEqualTo(ExitCode.STATUS_CRITICAL.status());
    assertThat(said.out())
        .contains("all seals hold, HISTORIES DO NOT REPLAY", "of which 1 failed")
        .contains(packed() + "  the run goes another way: ")
        .contains("HINT: the seal and the digest of such a history hold")
        .doesNotContain("EVIDENCE BROKEN", "find out which person altered or removed it");
  }

  @Test
  void a_history_that_another_release_decided_and_that_does_not_replay_is_a_warning()
      throws IOException {
    keep(StoredHistories.decidedBy(altered(), "0.0.9"));
    Said said = evidence.type("verify");

    assertThat(said.status()).isEqualTo(ExitCode.STATUS_WARNING.status());
    assertThat(said.out())
        .contains("all seals hold, HISTORIES DO NOT REPLAY", "of which 1 failed")
        .contains(packed() + "  decided by release 0.0.9; the run goes another way: ");
  }

  @Test
  void a_history_that_this_release_decided_and_that_does_not_replay_is_wrong() {
    keep(StoredHistories.decidedBy(altered(), Main.version()));

    assertThat(evidence.type("verify").status()).isEqualTo(ExitCode.STATUS_CRITICAL.status());
  }

  private static WorkflowExecutionHistory altered() {
    return StoredHistories.altered(HISTORY, "ObserveInstances", "\"STOPPED\"", "\"RUNNING\"");
  }

  /** One that was terminated leaves none. */
  @Test
  void an_altered_history_of_a_run_without_a_receipt_is_found_out() throws IOException {
    evidence.keep(StoredHistories.of("consume/stuck"), SampleReceipts.consume(7, Status.SUCCESS));
    assertThat(evidence.type("verify").out())
        .contains("1 kept histories are what their sealed records name; 0 histories");
    alter(packed());

    assertBroken("run run-DrConsume-7  ", packed() + " is not believed: it has digest ");
  }

  private static void alter(Path packed) throws IOException {
    byte[] bytes = Files.readAllBytes(packed);
    bytes[bytes.length / 2] ^= 1;
    Files.write(packed, bytes);
  }

  @Test
  void a_history_altered_by_a_byte_is_found_out() throws IOException {
    keep(HISTORY);
    alter(packed());

    assertBroken("history of receipt 1  ", packed() + " is not believed: it has digest ");
  }

  @Test
  void a_history_that_is_gone_and_its_record_there_is_missed() throws IOException {
    keep(HISTORY);
    Path gone = packed();
    Files.delete(gone);

    assertBroken(gone + " is not believed: it is missing, its record is there");
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
