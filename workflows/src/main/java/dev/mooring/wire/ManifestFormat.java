package dev.mooring.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import java.util.List;

/**
 * The manifest in the evidence store: JSON for people, with the fields of the reference tool's
 * manifest (formats.md of its authors) beside our own, sealed by Ed25519.
 *
 * <p>It is read strictly. An unknown field, a missing one, a wrong type, or one of the reference
 * tool's fields that contradicts ours is refused by name: a safety field that an old version
 * doesn't know must stop it, not vanish.
 */
public final class ManifestFormat {
  private ManifestFormat() {}

  /** The bytes of a manifest; the same manifest and key always give the same bytes. */
  public static byte[] render(Manifest manifest, SigningKey key) {
    return SealedJson.seal(ManifestTree.of(manifest), key);
  }

  /** Reads a manifest that must be intact. */
  public static Document<Manifest> parse(byte[] bytes, TrustedKeys trusted) {
    try {
      ObjectNode document = SealedJson.parse(bytes);
      if (!document.has(SealedJson.VERSION) && !document.has(SealedJson.SIGNATURE)) {
        return refusedAsForeign(foreign(document));
      }
    } catch (UnreadableField e) {
      return new Document.Refused<>(Document.Fault.UNREADABLE, e.sentence());
    }
    return SealedJson.open(bytes, Manifest.FORMAT_VERSION, trusted)
        .match(ManifestFormat::understood, refused -> refusedAs(refused.fault(), refused.reason()));
  }

  private static Document<Manifest> understood(Document.Intact<ObjectNode> document) {
    try {
      Manifest manifest = ManifestReading.manifest(JsonFields.of(document.content()));
      JsonDifference.refuse(
          ManifestTree.of(manifest), document.content(), JsonDifference.Unknown.REFUSED);
      return new Document.Intact<>(manifest, document.sha256(), document.keyId());
    } catch (UnreadableField e) {
      return refusedAs(Document.Fault.UNREADABLE, e.sentence());
    }
  }

  private static Document<Manifest> refusedAs(Document.Fault fault, String reason) {
    return new Document.Refused<>(fault, reason);
  }

  private static Document<Manifest> refusedAsForeign(ForeignManifest foreign) {
    return refusedAs(
        Document.Fault.FOREIGN,
        "it is the "
            + (foreign.ready() ? "ready" : "not ready")
            + " manifest another tool wrote for "
            + foreign.restorePoint()
            + " over "
            + foreign.segments().size()
            + " contents, without signature, system identifiers and timelines");
  }

  /**
   * Reads the fields of a reference tool's manifest that its own consumer reads: {@code
   * restore_point}, {@code ready}, {@code segments}, and the WAL files in {@code evidence.targets}
   * if there are any. Other fields are ignored, as in that tool. A manifest of Mooring is refused
   * here: its seal must be read.
   *
   * @throws IllegalArgumentException naming the field, if it is no such manifest
   */
  public static ForeignManifest parseForeign(byte[] bytes) {
    try {
      ObjectNode document = SealedJson.parse(bytes);
      if (document.has(SealedJson.VERSION) || document.has(SealedJson.SIGNATURE)) {
        throw new IllegalArgumentException(
            "Mooring wrote it: it is read by its seal, from a store, http or commands");
      }
      return foreign(document);
    } catch (UnreadableField e) {
      throw new IllegalArgumentException(e.sentence(), e);
    }
  }

  private static ForeignManifest foreign(ObjectNode document) {
    JsonFields fields = JsonFields.of(document);
    List<JsonFields> named = namedFiles(fields);
    List<ForeignManifest.Segment> segments =
        fields.objects("segments").stream().map(segment -> segment(segment, named)).toList();
    RestorePointName name = fields.value("restore_point", RestorePointName::new);
    boolean ready = fields.flag("ready");
    return fields.made(() -> new ForeignManifest(name, ready, segments));
  }

  private static List<JsonFields> namedFiles(JsonFields fields) {
    return fields.has("evidence") && fields.object("evidence").has("targets")
        ? fields.object("evidence").objects("targets")
        : List.of();
  }

  private static ForeignManifest.Segment segment(JsonFields segment, List<JsonFields> named) {
    int content = segment.smallNumber("gp_segment_id");
    String walFile =
        named.stream()
            .filter(target -> target.smallNumber("gp_segment_id") == content)
            .filter(target -> target.has("wal_file"))
            .map(target -> target.value("wal_file", WalFileName::new).text())
            .findFirst()
            .orElse("");
    return new ForeignManifest.Segment(
        segment.made(() -> new ContentId(content)),
        segment.value("restore_lsn", Lsn::parse),
        walFile);
  }
}
