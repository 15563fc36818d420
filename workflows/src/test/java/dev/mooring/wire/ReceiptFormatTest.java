package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Document.Fault;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReceiptFormatTest {
  private static final byte[] GOLDEN = Golden.bytes("receipt.json");
  private static final ChainedReceipt MOORED =
      SampleReceipts.chained(2, SampleReceipts.consume(2, Status.SUCCESS));
  private static final List<String> OURS =
      List.of(
          "format_version",
          "sequence",
          "previous_sha256",
          "written_at",
          "runbook",
          "cluster",
          "scope",
          "workflow_id",
          "run",
          "asked",
          "ending",
          "consume",
          "steps",
          "degraded",
          "proofs",
          "signature");

  @Test
  void a_receipt_is_written_as_the_golden_one() {
    assertThat(
            new String(ReceiptFormat.render(MOORED, SampleKeys.signing()), StandardCharsets.UTF_8))
        .isEqualTo(new String(GOLDEN, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void what_was_written_of_a_consume_reads_back_as_the_same(Status status) {
    for (int n = 1; n <= 2; n++) {
      assertReadsBack(SampleReceipts.chained(n, SampleReceipts.consume(n, status)));
    }
  }

  @Test
  void what_was_written_of_a_publish_reads_back_as_the_same_and_speaks_of_no_consume() {
    ChainedReceipt receipt = SampleReceipts.chained(1, SampleReceipts.publish(1));
    assertReadsBack(receipt);
    assertThat(fieldsBesideOurs(receipt)).isEmpty();
  }

  @Test
  void each_status_has_the_reference_tools_fields_and_no_others() {
    List<String> all =
        List.of("status", "current_restore_point", "target_restore_point", "checked_at_utc");
    assertThat(fieldsBesideOurs(of(Status.SUCCESS)))
        .containsAll(all)
        .contains("mode", "waited_secs", "target_lsns", "recovery_points")
        .hasSize(8);
    assertThat(fieldsBesideOurs(of(Status.TIMEOUT)))
        .containsAll(all)
        .contains("mode", "waited_secs", "target_lsns")
        .hasSize(7);
    assertThat(fieldsBesideOurs(of(Status.MISMATCH)))
        .containsAll(all)
        .contains("mode", "waited_secs", "target_lsns", "actual_recovery_points")
        .hasSize(8);
    assertThat(fieldsBesideOurs(of(Status.MISSING_WAL)))
        .containsAll(all)
        .contains("missing_wals_by_segment")
        .hasSize(5);
  }

  @Test
  void the_reference_fields_say_what_the_attempt_says() {
    ObjectNode mismatch = tree(of(Status.MISMATCH));
    assertThat(mismatch.get("status").textValue()).isEqualTo("recovery_point_mismatch");
    assertThat(mismatch.get("checked_at_utc").textValue()).isEqualTo("2026-02-01T18:18:49Z");
    assertThat(mismatch.at("/target_lsns/1").textValue()).isEqualTo("0/6000098");
    assertThat(mismatch.at("/actual_recovery_points/1").textValue())
        .isEqualTo(SampleManifests.nameOf(1).value());
    ObjectNode missing = tree(of(Status.MISSING_WAL));
    assertThat(missing.get("missing_wals_by_segment").toString())
        .isEqualTo("{\"1\":[\"000000020000000000000005\"]}");
  }

  @Test
  void plans_read_back_as_they_were_and_an_older_receipt_has_none() {
    Receipt.PlanRecord plan =
        new Receipt.PlanRecord(
            Sha256.of(new byte[] {1}),
            "Switchover of harbour to west-0",
            List.of("west-0: standby, becomes primary", "limits: outage 20 s"),
            List.of("LOCK: take the locks of all sites"),
            List.of(
                new Receipt.Fact("holder of the lock at west", "nobody"),
                new Receipt.Fact("lag of west_0", "0 bytes", true)));
    Receipt plain = SampleReceipts.publish(1);
    ChainedReceipt planned =
        SampleReceipts.chained(
            1,
            new Receipt(
                plain.run(),
                plain.asked(),
                plain.ending(),
                plain.steps(),
                plain.seen(),
                plain.decisions(),
                List.of(plan)));

    assertReadsBack(planned);
    assertThat(fieldsBesideOurs(planned)).containsExactly("plans");
    assertThat(MOORED.receipt().plans()).isEmpty();
    assertReadsBack(MOORED);
  }

  @Test
  void a_plan_reads_back_as_one_and_any_other_run_as_none() {
    ChainedReceipt plan =
        SampleReceipts.chained(2, SampleReceipts.plan(SampleReceipts.consume(2, Status.TIMEOUT)));

    assertReadsBack(plan);
    assertThat(tree(plan).at("/asked/mode").textValue()).isEqualTo("plan");
    assertThat(plan.receipt().endedAs()).isEqualTo("plan FAILED");
    assertThat(fieldsBesideOurs(plan)).isEmpty();
    assertThat(MOORED.receipt().asked().planOnly()).isFalse();
    assertThat(tree(MOORED).at("/asked").has("mode")).isFalse();
  }

  @Test
  void a_byte_altered_anywhere_is_refused() {
    AlteredBytes.areRefused(GOLDEN, bytes -> ReceiptFormat.parse(bytes, SampleKeys.trusted()));
  }

  @Test
  void a_field_of_a_later_version_is_left_alone() {
    byte[] later = resealed(tree -> tree.put("weather", "fog"));
    assertThat(ReceiptFormat.parse(later, SampleKeys.trusted()))
        .isEqualTo(new Document.Intact<>(MOORED, Sha256.of(later), SampleKeys.signing().id()));
  }

  @Test
  void what_is_missing_mistyped_or_contradicts_the_rest_is_named() {
    assertThat(refusal(tree -> tree.remove("run"))).isEqualTo("field run is missing");
    assertThat(refusal(tree -> tree.put("sequence", "2")))
        .isEqualTo("field sequence must be a whole number, got \"2\"");
    assertThat(refusal(tree -> tree.put("status", "timeout")))
        .isEqualTo(
            "field status says \"timeout\", the rest says \"success_recovery_point_validated\"");
    assertThat(refusal(tree -> tree.withObject("consume").put("status", "fine")))
        .isEqualTo("field consume.status: is no status: 'fine'");
    assertThat(refusal(tree -> tree.putNull("previous_sha256")))
        .contains("receipt 2 names the digest of the one before it");
    assertThat(refusal(tree -> tree.put("format_version", 9))).contains("format 9");
  }

  private static ChainedReceipt of(Status status) {
    Receipt receipt = SampleReceipts.consume(2, status);
    return SampleReceipts.chained(2, receipt);
  }

  private static void assertReadsBack(ChainedReceipt receipt) {
    byte[] bytes = ReceiptFormat.render(receipt, SampleKeys.signing());
    assertThat(ReceiptFormat.parse(bytes, SampleKeys.trusted()))
        .isEqualTo(new Document.Intact<>(receipt, Sha256.of(bytes), SampleKeys.signing().id()));
  }

  private static ObjectNode tree(ChainedReceipt receipt) {
    return SealedJson.parse(ReceiptFormat.render(receipt, SampleKeys.signing()));
  }

  private static List<String> fieldsBesideOurs(ChainedReceipt receipt) {
    Iterable<String> names = () -> tree(receipt).fieldNames();
    return StreamSupport.stream(names.spliterator(), false)
        .filter(name -> !OURS.contains(name))
        .toList();
  }

  private static byte[] resealed(Consumer<ObjectNode> change) {
    ObjectNode tree = SealedJson.parse(GOLDEN);
    tree.remove("signature");
    change.accept(tree);
    return SealedJson.seal(tree, SampleKeys.signing());
  }

  private static String refusal(Consumer<ObjectNode> change) {
    return ReceiptFormat.parse(resealed(change), SampleKeys.trusted())
        .match(
            intact -> "read as intact",
            refused -> {
              assertThat(refused.fault()).isEqualTo(Fault.UNREADABLE);
              return refused.reason();
            });
  }
}
