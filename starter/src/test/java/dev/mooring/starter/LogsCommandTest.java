package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleHistories;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.Sha256;
import dev.mooring.wire.HistoryFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsCommandTest {
  @TempDir Path directory = Path.of("set by JUnit");
  private SampleEvidence evidence = new SampleEvidence(Path.of("set before each"));

  @BeforeEach
  void prepare() throws IOException {
    evidence = SampleEvidence.in(directory);
  }

  @Test
  void latest_that_is_gone_is_not_called_never_published() throws IOException {
    assertThat(evidence.type("logs").out()).contains("no restore point of harbour was ever READY");

    evidence.publish(SampleManifests.ready(1, 2));
    Files.delete(evidence.latest());

    assertThat(evidence.type("logs").out())
        .contains("LATEST.json is missing, 1 manifests are there")
        .contains("HINT: `mooring verify harbour`")
        .doesNotContain("ever READY");
  }

  @Test
  void a_pending_point_newer_than_latest_is_shown_with_why_and_no_older_one() throws IOException {
    evidence.leavePending(SampleManifests.pending(1, 2));
    assertThat(evidence.type("logs").out())
        .contains("ever READY", SampleManifests.nameOf(1) + ".pending.json");

    evidence.publish(SampleManifests.ready(2, 2));
    assertThat(evidence.type("logs").out()).doesNotContain(".pending.json");

    evidence.leavePending(SampleManifests.pending(3, 2));
    assertThat(evidence.type("logs").out())
        .contains("== " + evidence.latest(), SampleManifests.nameOf(3) + ".pending.json")
        .contains("not READY: content 1: file of the point is not in the archive")
        .doesNotContain(SampleManifests.nameOf(1) + ".pending.json");
  }

  @Test
  void a_torn_point_newer_than_latest_is_shown_with_its_transactions() {
    evidence.publish(SampleManifests.ready(1, 2));
    evidence.publishTorn(SampleManifests.torn(2, 2));
    assertThat(evidence.type("logs").out())
        .contains("== " + evidence.latest(), SampleManifests.nameOf(2) + ".json")
        .contains("not READY: " + SampleManifests.nameOf(2) + " is torn: ");
  }

  @Test
  void the_last_receipt_of_each_runbook_and_site_is_shown_newest_first() {
    evidence.receipt(SampleReceipts.consume(1, Status.TIMEOUT));
    for (int n = 2; n <= 12; n++) {
      evidence.receipt(SampleReceipts.publish(n));
    }

    assertThat(evidence.type("logs", "--raw").out())
        .containsSubsequence(
            "== " + evidence.file("receipts/00000012.json"),
            "== " + evidence.file("receipts/00000001.json"),
            "\"status\": \"timeout\"")
        .doesNotContain("00000011.json");
  }

  @Test
  void a_plan_does_not_hide_the_run_before_it() {
    Receipt moved = SampleReceipts.of("Switchover", SampleReceipts.publish(1));
    evidence.receipt(moved);
    evidence.receipt(SampleReceipts.plan(SampleReceipts.of("Failback", moved)));

    assertThat(evidence.type("logs", "--raw").out())
        .containsSubsequence(
            "== " + evidence.file("receipts/00000002.json"),
            "== " + evidence.file("receipts/00000001.json"));
  }

  @Test
  void what_happened_is_shown_and_not_the_documents() {
    evidence.publish(SampleManifests.ready(1, 2));
    evidence.receipt(SampleReceipts.consume(1, Status.TIMEOUT));
    String point = SampleManifests.nameOf(1).value();
    assertThat(evidence.type("logs").out())
        .contains("\n" + point + ": READY, made ", ", contents: 2\n")
        .containsPattern("\nDrConsume at west: FAILED, 2026-[^:]+:[^:]+:[^:]+: .+\n")
        .contains("\n  asked by ")
        .containsPattern("\n  LOOK +0.9 s  done\n")
        .doesNotContain("{");
    assertThat(evidence.type("logs", "--n", "3").out()).contains("}").doesNotContain("asked by");
  }

  @Test
  void a_run_whose_history_was_not_kept_in_time_is_told() {
    byte[] packed = HistoryFormat.pack("{}");
    evidence.receipt(SampleReceipts.consume(1, Status.SUCCESS));
    String lost = "the history of this run is not in the evidence store";
    assertThat(evidence.type("logs").out()).contains(lost, "HINT: the workers' logs say why");

    evidence.keep(SampleHistories.consume(1, Sha256.of(packed)), packed);
    assertThat(evidence.type("logs").out()).doesNotContain(lost);
  }
}
