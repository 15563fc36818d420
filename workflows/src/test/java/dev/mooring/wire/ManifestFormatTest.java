package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Document.Fault;
import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SigningKey;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestFormatTest {
  private static final Manifest READY = SampleManifests.ready(1, 2);
  private static final byte[] GOLDEN = Golden.bytes("manifest.json");

  @Test
  void a_manifest_is_written_as_the_golden_one() {
    byte[] written = ManifestFormat.render(READY, SampleKeys.signing());
    assertThat(new String(written, StandardCharsets.UTF_8))
        .isEqualTo(new String(GOLDEN, StandardCharsets.UTF_8));
  }

  @Test
  void what_was_written_reads_back_as_the_same_manifest() {
    for (Manifest manifest :
        List.of(
            READY,
            SampleManifests.pending(2, 4),
            SampleManifests.ready(3, 1),
            SampleManifests.torn(4, 2))) {
      byte[] bytes = ManifestFormat.render(manifest, SampleKeys.signing());
      assertThat(ManifestFormat.parse(bytes, SampleKeys.trusted()))
          .isEqualTo(new Document.Intact<>(manifest, Sha256.of(bytes), SampleKeys.signing().id()));
    }
  }

  @Test
  void an_older_manifest_that_says_nothing_of_needs_is_read() {
    Document<Manifest> older =
        ManifestFormat.parse(Golden.bytes("manifest-without-needs.json"), SampleKeys.trusted());
    assertThat(older)
        .isInstanceOfSatisfying(
            Document.Intact.class,
            intact ->
                assertThat(((Manifest) intact.content()).contents())
                    .hasSize(2)
                    .allMatch(content -> content.needs().none()));
  }

  @Test
  void a_byte_altered_anywhere_is_refused() {
    AlteredBytes.areRefused(GOLDEN, bytes -> ManifestFormat.parse(bytes, SampleKeys.trusted()));
  }

  @Test
  void a_cut_or_lengthened_document_is_refused() {
    for (int length = 0; length < GOLDEN.length; length += 7) {
      byte[] cut = java.util.Arrays.copyOf(GOLDEN, length);
      assertThat(ManifestFormat.parse(cut, SampleKeys.trusted()))
          .isInstanceOf(Document.Refused.class);
    }
    byte[] twice =
        new String(GOLDEN, StandardCharsets.UTF_8).repeat(2).getBytes(StandardCharsets.UTF_8);
    assertThat(refusalOf(twice).fault()).isEqualTo(Fault.UNREADABLE);
  }

  @Test
  void a_manifest_spelled_otherwise_is_refused_although_its_content_is_the_sealed_one()
      throws Exception {
    byte[] respelled = new ObjectMapper().writeValueAsBytes(new ObjectMapper().readTree(GOLDEN));
    assertThat(refusalOf(respelled))
        .isEqualTo(
            new Document.Refused<>(
                Fault.SEAL_BROKEN, "it is not in the form in which it was sealed"));
  }

  @Test
  void a_strangers_manifest_is_refused() {
    byte[] bytes = ManifestFormat.render(READY, SampleKeys.stranger());
    assertThat(refusalOf(bytes).fault()).isEqualTo(Fault.SEAL_BROKEN);
    assertThat(refusalOf(bytes).reason()).startsWith("signed by key ");
  }

  @Test
  void a_later_format_is_refused_saying_so() {
    assertThat(resealed(tree -> tree.put("format_version", 2)))
        .isEqualTo(
            new Document.Refused<>(
                Fault.UNREADABLE,
                "field format_version: the document is of format 2, this version of Mooring reads"
                    + " format 1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/format_version",
        "/cluster",
        "/restore_point",
        "/created_at_utc",
        "/created_at",
        "/ready",
        "/reasons",
        "/cut",
        "/cut/kind",
        "/cut/spread_millis",
        "/cluster_file_digest",
        "/segments",
        "/segments/0/gp_segment_id",
        "/segments/1/restore_lsn",
        "/contents",
        "/contents/0/content",
        "/contents/0/system_identifier",
        "/contents/0/timeline",
        "/contents/0/lsn",
        "/contents/0/wal_file",
        "/contents/0/wal_segment_size",
        "/contents/1/owner",
        "/contents/1/owner/instance",
        "/contents/1/owner/host",
        "/contents/1/owner/port",
        "/contents/1/owner/version",
        "/contents/1/owner/started_at",
        "/contents/1/clock/before",
        "/contents/1/clock/after",
        "/contents/1/switch_lsn",
        "/contents/1/limits/max_connections",
        "/contents/1/needs/libraries",
        "/contents/1/needs/locales",
        "/contents/1/needs/tablespaces",
        "/contents/1/needs/tablespaces/0/oid",
        "/contents/1/needs/tablespaces/0/location",
        "/contents/1/proof",
        "/contents/1/proof/record_at",
        "/contents/1/proof/files",
        "/contents/1/proof/files/0/file",
        "/contents/1/proof/files/0/bytes",
        "/contents/1/proof/files/0/sha256",
        "/evidence",
        "/evidence/targets",
        "/evidence/targets/0/archive_dir",
        "/evidence/targets/0/wal_present",
        "/evidence/archiver_check",
        "/evidence/archiver_check/method",
        "/evidence/archiver_check/no_recent_failures",
        "/evidence/archiver_check/rows",
        "/evidence/archiver_check/rows/0/last_failed_wal",
        "/evidence/switch_wal",
        "/evidence/switch_wal/0/switch_lsn",
        "/evidence/archive_wait",
        "/evidence/archive_wait/ready_at_utc",
        "/evidence/archive_wait/waited_secs"
      })
  void a_field_that_is_missing_or_of_another_type_is_named(String pointer) {
    int slash = pointer.lastIndexOf('/');
    String name = pointer.substring(slash + 1);
    String path = pointer.substring(1).replaceAll("/(\\d+)", "[$1]").replace('/', '.');
    assertThat(resealed(tree -> parent(tree, pointer).remove(name)).reason())
        .contains("field " + path + " is missing");
    assertThat(resealed(tree -> parent(tree, pointer).put(name, 1.5)).reason())
        .contains("field " + path);
  }

  @Test
  void a_field_that_is_unknown_is_named_wherever_it_stands() {
    assertThat(resealed(tree -> tree.put("confined", true)).reason())
        .isEqualTo("field confined is unknown");
    assertThat(resealed(tree -> parent(tree, "/contents/1/limits/x").put("max_things", 1)).reason())
        .isEqualTo("field contents[1].limits.max_things is unknown");
    assertThat(resealed(tree -> parent(tree, "/evidence/targets/0/x").put("dbid", 2)).reason())
        .isEqualTo("field evidence.targets[0].dbid is unknown");
  }

  @Test
  void a_reference_field_that_contradicts_ours_is_named_with_both_values() {
    assertThat(resealed(tree -> parent(tree, "/segments/0/x").put("restore_lsn", "0/99")).reason())
        .isEqualTo("field segments[0].restore_lsn says \"0/99\", the rest says \"0/5000090\"");
    assertThat(resealed(tree -> tree.put("ready", false)).reason())
        .isEqualTo("field ready says false, the rest says true");
    assertThat(resealed(tree -> ((ArrayNode) tree.at("/evidence/switch_wal")).remove(0)).reason())
        .startsWith("field evidence.switch_wal says [");
  }

  @Test
  void values_that_break_a_law_are_named() {
    assertThat(resealed(tree -> parent(tree, "/contents/0/x").put("timeline", 0)).reason())
        .isEqualTo("field contents[0]: timeline must be 1 to 4294967295, got 0");
    assertThat(resealed(tree -> parent(tree, "/contents/0/x").put("lsn", "0/0")).reason())
        .isEqualTo("field contents[0].lsn: LSN 0/0 is no position");
    assertThat(resealed(tree -> parent(tree, "/contents/0/x").putNull("proof")).reason())
        .contains("is READY for contents [0, 1] but has proofs for [1]");
    assertThat(resealed(tree -> parent(tree, "/contents/1/x").put("content", 0)).reason())
        .contains("content 0 is twice");
  }

  @Test
  void a_reference_tools_manifest_is_recognised_read_and_refused() {
    byte[] foreign = Golden.bytes("reference-manifest.json");
    assertThat(refusalOf(foreign))
        .isEqualTo(
            new Document.Refused<>(
                Fault.FOREIGN,
                "it is the ready manifest another tool wrote for sync_point_20260201_181640 over 3"
                    + " contents, without signature, system identifiers and timelines"));
    ForeignManifest read = ManifestFormat.parseForeign(foreign);
    assertThat(read.ready()).isTrue();
    assertThat(read.restorePoint()).hasToString("sync_point_20260201_181640");
    assertThat(read.segments())
        .contains(
            new ForeignManifest.Segment(
                ContentId.COORDINATOR, Lsn.parse("9/E40000C8"), "0000000100000009000000E4"))
        .hasSize(3);
  }

  @Test
  void a_manifest_without_seal_and_version_that_lacks_the_three_fields_is_unreadable() {
    byte[] bytes = "{\"ready\": true}".getBytes(StandardCharsets.UTF_8);
    assertThat(refusalOf(bytes))
        .isEqualTo(new Document.Refused<>(Fault.UNREADABLE, "field segments is missing"));
    assertThatThrownBy(() -> ManifestFormat.parseForeign("[]".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("the document must be a JSON object");
  }

  @Test
  void taking_the_seal_off_makes_no_foreign_manifest_of_ours() {
    ObjectNode tree = tree();
    tree.remove("signature");
    assertThat(refusalOf(tree.toPrettyString().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(new Document.Refused<>(Fault.UNREADABLE, "field signature is missing"));
  }

  private static Document.Refused<Manifest> resealed(Consumer<ObjectNode> change) {
    return resealed(change, SampleKeys.signing());
  }

  /** What a writer with a trusted key but another idea of the format would be told. */
  private static Document.Refused<Manifest> resealed(Consumer<ObjectNode> change, SigningKey key) {
    ObjectNode tree = tree();
    tree.remove("signature");
    change.accept(tree);
    return refusalOf(SealedJson.seal(tree, key));
  }

  private static ObjectNode tree() {
    return SealedJson.parse(GOLDEN);
  }

  private static ObjectNode parent(ObjectNode tree, String pointer) {
    JsonNode parent = tree.at(pointer.substring(0, pointer.lastIndexOf('/')));
    return (ObjectNode) parent;
  }

  private static Document.Refused<Manifest> refusalOf(byte[] bytes) {
    return ManifestFormat.parse(bytes, SampleKeys.trusted())
        .match(
            intact -> {
              throw new AssertionError("read as intact: " + intact.content());
            },
            refused -> refused);
  }
}
