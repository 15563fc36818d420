package dev.mooring.starter;

import static dev.mooring.evidence.SampleManifests.nameOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.ApprovalSignature;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.SigningKey;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.wire.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
  @TempDir Path directory = Path.of("set by JUnit");
  private SampleEvidence evidence = new SampleEvidence(Path.of("set before each"));

  /** Three points published, the site moored at the first and then at the second. */
  @BeforeEach
  void prepare() throws IOException {
    evidence = SampleEvidence.in(directory);
    for (int n = 1; n <= 3; n++) {
      evidence.publish(SampleManifests.ready(n, 2));
      evidence.receipt(SampleReceipts.publish(n));
    }
    for (int n = 1; n <= 2; n++) {
      evidence.moor(SampleReceipts.state(n));
      evidence.receipt(SampleReceipts.consume(n, Status.SUCCESS));
    }
  }

  @Test
  void whole_evidence_is_whole_and_the_end_of_the_chain_is_not_vouched_for() {
    Said said = evidence.type("verify");

    assertThat(said.status()).as(said.out()).isZero();
    assertThat(said.out())
        .contains("5 manifests and states sealed and intact, 5 receipts in one chain")
        .contains("removed from the end of the chain can't be detected from the store alone");
  }

  @Test
  void a_torn_points_manifest_beside_latest_is_no_fault() {
    evidence.publishTorn(SampleManifests.torn(9, 2));
    assertThat(evidence.type("verify").status()).isZero();
  }

  @Test
  void a_site_that_consumed_a_torn_point_on_purpose_is_no_fault() {
    evidence.publishTorn(SampleManifests.torn(9, 2));
    evidence.moor(SampleReceipts.state(9));

    Said said = evidence.type("verify");

    assertThat(said.status()).as(said.out()).isZero();
  }

  @Test
  void latest_that_names_a_torn_point_is_found_out() throws IOException {
    evidence.publishTorn(SampleManifests.torn(9, 2));
    Files.copy(evidence.manifest(9), evidence.latest(), StandardCopyOption.REPLACE_EXISTING);

    assertBroken("it names " + nameOf(9) + ", of which no intact READY manifest is at");
  }

  /** The seal holds: only who has the key, or a release with another recipe, writes such a one. */
  @Test
  void a_plan_that_is_not_of_the_digest_that_was_approved_is_found_out() {
    Receipt plain = SampleReceipts.publish(3);
    String file = plain.asked().clusterFileDigest();
    List<String> steps = List.of("LOOK: looks");
    String digest = Digest.ofPlan("move to west", file, List.of("west-0 becomes it"), steps);
    evidence.receipt(planned(plain, digest, List.of("west-0 becomes it"), steps));
    assertThat(evidence.type("verify").status()).isZero();

    evidence.receipt(planned(SampleReceipts.publish(4), digest, List.of("west-1 does"), steps));
    assertBroken("receipt 7  the plan stored there as " + digest + " has digest ");
  }

  @Test
  void an_approval_that_its_signature_does_not_fit_is_found_out() throws IOException {
    evidence.receipt(approved("seen", "seen"));
    assertThat(evidence.type("verify").out())
        .contains("1 signed approvals not verified: their keys are not listed");
    String key = SampleKeys.PUBLIC.lines().toList().get(1);
    Files.writeString(
        directory.resolve("harbour.yaml"),
        "\napprovers: [{name: anna, key: " + key + "}]\n",
        StandardOpenOption.APPEND);
    Said verified = evidence.type("verify");
    assertThat(verified.status()).isZero();
    assertThat(verified.out()).doesNotContain("not verified");

    evidence.receipt(approved("seen", "not seen"));
    assertBroken("receipt 7  the approval by anna has a signature of key ");
  }

  private static Receipt approved(String signed, String written) {
    Receipt plain = planned(SampleReceipts.publish(3), "4f2a91c0", List.of(written), List.of());
    DecisionRecord as = new DecisionRecord("approve", "4f2a91c0", "anna", signed, Instant.EPOCH);
    byte[] text = ApprovalText.of(plain.run(), as, Instant.EPOCH).bytes();
    ApprovalSignature signature =
        new ApprovalSignature(
            SampleKeys.signing().id(),
            SigningKey.sign("anna's key", SampleKeys.PRIVATE, text),
            Instant.EPOCH);
    return new Receipt(
        plain.run(),
        plain.asked(),
        plain.ending(),
        plain.steps(),
        plain.seen(),
        List.of(
            new DecisionRecord(
                "approve", "4f2a91c0", "anna", written, Instant.EPOCH, List.of(signature), false)),
        List.of());
  }

  private static Receipt planned(
      Receipt plain, String digest, List<String> objects, List<String> steps) {
    return new Receipt(
        new Receipt.RunReference(
            plain.run().runbook(),
            plain.run().cluster(),
            plain.run().scope(),
            plain.run().workflowId(),
            plain.run().originalRun() + objects),
        plain.asked(),
        plain.ending(),
        plain.steps(),
        plain.seen(),
        List.of(),
        List.of(new Receipt.PlanRecord(digest, "move to west", objects, steps, List.of())));
  }

  @Test
  void latest_that_is_gone_is_missed() throws IOException {
    Files.delete(evidence.latest());

    assertBroken(evidence.latest() + "  LATEST.json is missing, 3 manifests are there");
  }

  @Test
  void latest_put_back_to_an_older_point_is_found_out() throws IOException {
    Files.copy(evidence.manifest(1), evidence.latest(), StandardCopyOption.REPLACE_EXISTING);

    assertBroken("it is " + nameOf(1) + ", READY since is " + nameOf(3));
  }

  @Test
  void latest_put_back_with_the_newer_manifests_taken_away_is_found_out() throws IOException {
    Files.copy(evidence.manifest(2), evidence.latest(), StandardCopyOption.REPLACE_EXISTING);
    Files.delete(evidence.manifest(3));

    assertBroken("receipt 3", "it names " + nameOf(3) + ", of which no intact READY manifest is");
  }

  @Test
  void latest_sealed_anew_with_other_bytes_is_found_out() throws IOException {
    SampleEvidence other = SampleEvidence.in(Files.createDirectory(directory.resolve("other")));
    other.publish(SampleManifests.ready(3, 1));
    Files.copy(other.latest(), evidence.latest(), StandardCopyOption.REPLACE_EXISTING);

    assertBroken(evidence.latest() + "  it has digest ", ", the manifest of " + nameOf(3) + " has");
  }

  @Test
  void a_manifest_that_latest_or_a_state_names_is_missed() throws IOException {
    Files.delete(evidence.manifest(3));
    Files.delete(evidence.manifest(2));

    assertBroken(
        evidence.latest() + "  ",
        evidence.file("sites/west/state.json") + "  ",
        "it names " + nameOf(2) + ", of which no intact READY manifest is at",
        "it names " + nameOf(3) + ", of which no intact READY manifest is at");
  }

  @Test
  void all_manifests_taken_away_are_missed() throws IOException {
    Files.delete(evidence.latest());
    for (int n = 1; n <= 3; n++) {
      Files.delete(evidence.manifest(n));
    }

    assertBroken("receipt 1", "receipt 2", "receipt 3", "it names " + nameOf(1));
  }

  @Test
  void the_oldest_points_may_be_cleared_away() throws IOException {
    Files.delete(evidence.manifest(1));

    assertThat(evidence.type("verify").status()).isZero();
  }

  @Test
  void a_state_that_is_gone_with_its_shadow_is_missed_by_the_receipt() throws IOException {
    Files.delete(evidence.file("sites/west/state.json"));
    Files.delete(evidence.file("sites/west/current_restore_point.txt"));

    assertBroken("it is missing, receipt 5 proved the site at " + nameOf(2));
  }

  @Test
  void a_state_that_is_gone_before_any_receipt_is_missed_by_the_point_it_named()
      throws IOException {
    Files.delete(evidence.file("sites/west/state.json"));
    Files.delete(evidence.file("receipts/00000005.json"));
    Files.delete(evidence.file("receipts/00000004.json"));

    assertBroken("state.json is missing, ", "current_restore_point.txt is there");
  }

  @Test
  void a_state_put_back_is_found_out_by_the_later_receipt() throws IOException {
    SampleEvidence before = SampleEvidence.in(Files.createDirectory(directory.resolve("before")));
    before.moor(SampleReceipts.state(1));
    Files.copy(
        before.file("sites/west/state.json"),
        evidence.file("sites/west/state.json"),
        StandardCopyOption.REPLACE_EXISTING);

    assertBroken("it says " + nameOf(1) + ", the later receipt 5 proved the site at " + nameOf(2));
  }

  @Test
  void a_plan_proves_nothing_so_that_no_state_is_missed() throws IOException {
    SampleEvidence planned = SampleEvidence.in(Files.createDirectory(directory.resolve("planned")));
    planned.publish(SampleManifests.ready(1, 2));
    Receipt consume = SampleReceipts.consume(1, Status.SUCCESS);
    planned.receipt(
        new Receipt(
            consume.run(),
            consume.asked(),
            consume.ending(),
            consume.steps(),
            new Receipt.Seen(List.of(), List.of(), consume.seen().consume())));

    assertThat(planned.type("verify").status()).isZero();
  }

  @Test
  void a_receipt_taken_out_of_the_chain_is_missed() throws IOException {
    Files.delete(evidence.file("receipts/00000002.json"));

    assertBroken("receipt 2 is missing, 3 is there", "1 receipts in one chain");
  }

  @Test
  void receipts_removed_from_the_end_are_missed_by_the_hosts_that_recorded_them()
      throws IOException {
    evidence.useLocalHosts();
    evidence.receipt(SampleReceipts.consume(3, Status.TIMEOUT));
    Said whole = evidence.type("verify");
    assertThat(whole.status()).as(whole.out()).isZero();
    assertThat(whole.out())
        .contains("of 2 hosts that answered, 2 recorded a receipt that is in the store")
        .contains("the newest recorded is 6")
        .doesNotContain("from the store alone");

    Files.delete(evidence.file("receipts/00000006.json"));
    assertBroken(
        "receipt 6  host e0 recorded it at ",
        "in the store it is missing",
        "of 2 hosts that answered, 0 recorded",
        "remove CLUSTER/evidence.head");
  }

  @Test
  void a_record_on_a_host_that_can_not_be_read_is_named() throws IOException {
    evidence.useLocalHosts();
    evidence.receipt(SampleReceipts.consume(3, Status.TIMEOUT));
    Files.writeString(directory.resolve("e0/harbour/evidence.head"), "6 ab");
    assertBroken(
        "evidence.head  the record of the newest receipt on host e0",
        "of 2 hosts that answered, 1 recorded a receipt that is in the store; the newest recorded"
            + " is 6",
        "remove CLUSTER/evidence.head");
  }

  @Test
  void a_site_with_a_chain_of_its_own_is_not_compared_with_this_one() throws IOException {
    evidence.useLocalHosts();
    Path head = directory.resolve("w0/harbour/evidence.head");
    Files.createDirectories(head.getParent());
    Files.writeString(head, "9 " + "ab".repeat(32) + " 2026-02-01T18:18:49Z\n");
    assertBroken("receipt 9  host w0 recorded it at 2026-02-01T18:18:49Z");

    Path file = directory.resolve("harbour.yaml");
    String commands =
        "{commands: {directory: /evidence, fetch: 'cat {manifest_path}', list: 'ls"
            + " {manifest_dir}'}}";
    Files.writeString(
        file,
        Files.readString(file)
            .replace("{name: west, ", "{name: west, manifests: " + commands + ", "));
    Said said = evidence.type("verify");
    assertThat(said.status()).as(said.out() + said.err()).isZero();
  }

  private void assertBroken(String... sentences) {
    Said said = evidence.type("verify");

    assertThat(said.status())
        .as(said.out() + said.err())
        .isEqualTo(ExitCode.STATUS_CRITICAL.status());
    assertThat(said.out()).contains("EVIDENCE BROKEN", "HINT: ").contains(sentences);
  }
}
