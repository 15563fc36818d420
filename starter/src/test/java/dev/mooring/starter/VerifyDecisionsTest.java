package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.replay.StoredHistories;
import dev.mooring.starter.replay.WrittenEvidence;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mooring verify} over kept histories: of a refused consume, which needs no manifest. */
class VerifyDecisionsTest {
  private static final WorkflowExecutionHistory HISTORY = StoredHistories.of("consume/refused");
  private static final WorkflowExecutionHistory PUBLISHED = StoredHistories.of("publish/completed");
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
  void a_decision_that_comes_out_again_is_counted() {
    keep(HISTORY);
    Said said = evidence.type("verify");

    assertThat(said.status()).as(said.out() + said.err()).isZero();
    assertThat(said.out())
        .contains("all evidence found is as it was written")
        .contains("decisions of 1 histories were taken again by this release, of which 0 do not")
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
  void an_observation_altered_and_sealed_anew_is_found_out() throws IOException {
    keep(StoredHistories.altered(HISTORY, "ObserveInstances", "\"STOPPED\"", "\"RUNNING\""));

    Said said = evidence.type("verify");

    assertThat(said.status()).isEqualTo(ExitCode.STATUS_CRITICAL.status());
    assertThat(said.out())
        .contains("all seals hold, DECISIONS COME OUT OTHERWISE", "of which 1 do not come out")
        .contains(packed() + "  what was decided does not follow from it: ")
        .contains("HINT: the seal and the digest of such a history hold")
        .doesNotContain("EVIDENCE BROKEN", "find out who altered or removed it");
  }

  @Test
  void what_another_release_decided_otherwise_is_told_apart() throws IOException {
    keep(
        StoredHistories.decidedBy(
            StoredHistories.altered(HISTORY, "ObserveInstances", "\"STOPPED\"", "\"RUNNING\""),
            "0.0.9"));
    Said said = evidence.type("verify");

    assertThat(said.status()).isEqualTo(ExitCode.STATUS_WARNING.status());
    assertThat(said.out())
        .contains("all evidence found is as it was written", "of which 1 do not come out")
        .contains(packed() + "  decided by release 0.0.9; what was decided does not follow from it")
        .contains("HINT: another release may decide otherwise");
  }

  @Test
  void what_this_release_decided_is_held_against_it_whoever_else_decided() throws IOException {
    keep(
        StoredHistories.decidedBy(
            StoredHistories.altered(HISTORY, "ObserveInstances", "\"STOPPED\"", "\"RUNNING\""),
            Main.version()));

    assertThat(evidence.type("verify").status()).isEqualTo(ExitCode.STATUS_CRITICAL.status());
  }

  /** One that was terminated leaves none. */
  @Test
  void an_altered_history_of_a_run_without_a_receipt_is_found_out() throws IOException {
    evidence.keep(StoredHistories.of("consume/stuck"), SampleReceipts.consume(7, Status.SUCCESS));
    assertThat(evidence.type("verify").out())
        .contains("1 kept histories are what their sealed records name; decisions of 0 histories");
    alter(packed());

    assertBroken("run run-DrConsume-7  ", packed() + " is not believed: it has digest ");
  }

  @Test
  void an_altered_history_older_than_the_last_runs_is_found_out() throws IOException {
    keep(HISTORY);
    evidence.receipt(new WrittenEvidence(StoredHistories.of("consume/planned")).receipts().get(0));
    alter(packed());
    Said said =
        Said.by("verify", "harbour", "--config-dir", directory.toString(), "--decisions", "1");

    assertThat(said.status()).isEqualTo(ExitCode.STATUS_CRITICAL.status());
    assertThat(said.out())
        .contains("EVIDENCE BROKEN", packed() + " is not believed: it has digest ")
        .contains("0 kept histories are what their sealed records name");
  }

  private static void alter(Path packed) throws IOException {
    byte[] bytes = Files.readAllBytes(packed);
    bytes[bytes.length / 2] ^= 1;
    Files.write(packed, bytes);
  }

  /** What a run published, by its history: its manifest in the store, and its receipt. */
  private Manifest published() {
    WrittenEvidence written = new WrittenEvidence(PUBLISHED);
    evidence.keep(PUBLISHED, written.receipts().get(0));
    evidence.receipt(written.receipts().get(0));
    Manifest manifest = written.manifests().get(0);
    evidence.publish(manifest);
    assertThat(evidence.type("verify").status()).isZero();
    return manifest;
  }

  private Path fileOf(Manifest manifest) {
    return evidence.file("manifests/" + manifest.name() + ".json");
  }

  @Test
  void the_manifest_that_a_run_published_is_missed() throws IOException {
    Manifest manifest = published();
    Files.delete(fileOf(manifest));

    assertBroken("receipt 2 ", "it names " + manifest.name() + ", of which no intact READY");
  }

  @Test
  void the_manifest_that_a_run_published_and_latest_gone_with_it_is_missed() throws IOException {
    Manifest manifest = published();
    Files.delete(fileOf(manifest));
    Files.delete(evidence.latest());

    assertBroken("receipt 2 ", "it names " + manifest.name() + ", of which no intact READY");
  }

  @Test
  void an_altered_manifest_that_a_run_published_is_not_believed() throws IOException {
    Manifest manifest = published();
    Path file = fileOf(manifest);
    Files.writeString(file, Files.readString(file).replace("0/2001878", "0/2001978"));

    assertBroken(file + "  the signature of key ", "receipt 2 ", "it names " + manifest.name());
  }

  @Test
  void another_manifest_under_the_name_of_a_published_one_is_found_out() throws IOException {
    Manifest manifest = published();
    Manifest.Header header = manifest.header();
    SampleEvidence other = SampleEvidence.in(Files.createDirectory(directory.resolve("other")));
    other.publish(
        new Manifest(
            new Manifest.Header(
                header.cluster(),
                header.restorePoint(),
                header.createdAt().plusMillis(1),
                header.clusterFileDigest(),
                header.cut()),
            manifest.contents(),
            manifest.proofs(),
            manifest.archive(),
            manifest.reasons()));
    Files.copy(other.latest(), fileOf(manifest), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(other.latest(), evidence.latest(), StandardCopyOption.REPLACE_EXISTING);

    assertBroken("by it the run published another manifest " + manifest.name());
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
