package dev.mooring.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Seal;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The envelope of every document in the evidence store: JSON for people, indented by two, one form
 * for one content, sealed by a signature over the canonical form (keys sorted, no white space,
 * UTF-8) of everything but the field {@code signature}. A byte altered anywhere is refused.
 */
final class SealedJson {
  static final String VERSION = "format_version";
  static final String SIGNATURE = "signature";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final ObjectWriter CANONICAL =
      MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);
  private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");
  private static final ObjectWriter FOR_PEOPLE =
      MAPPER.writer(
          new DefaultPrettyPrinter(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                      .withObjectEmptySeparator("")
                      .withArrayEmptySeparator(""))
              .withObjectIndenter(INDENT)
              .withArrayIndenter(INDENT));

  private SealedJson() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The bytes of a document, its seal last. */
  static byte[] seal(ObjectNode content, SigningKey key) {
    Seal seal = key.seal(canonical(content));
    ObjectNode document = content.deepCopy();
    document
        .putObject(SIGNATURE)
        .put("key_id", seal.keyId())
        .put("algorithm", Seal.ALGORITHM)
        .put("value", seal.value());
    return forPeople(document);
  }

  /** Parses bytes as one JSON object; its seal is not verified. */
  static ObjectNode parse(byte[] bytes) {
    if (bytes.length > Document.BYTES_AT_MOST) {
      throw new UnreadableField("the document has more than 16 MiB");
    }
    try {
      JsonNode node = MAPPER.readTree(bytes);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new UnreadableField("the document must be a JSON object");
    } catch (JsonProcessingException e) {
      throw new UnreadableField("the document is no JSON: line " + e.getLocation().getLineNr(), e);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
  }

  /** Verifies the seal; returns the content without seal, digest and key. */
  static Document<ObjectNode> open(byte[] bytes, int version, TrustedKeys trusted) {
    try {
      return opened(bytes, parse(bytes), version, trusted);
    } catch (UnreadableField e) {
      return new Document.Refused<>(Document.Fault.UNREADABLE, e.sentence());
    }
  }

  private static Document<ObjectNode> opened(
      byte[] bytes, ObjectNode document, int version, TrustedKeys trusted) {
    JsonFields fields = JsonFields.of(document);
    long written = fields.number(VERSION);
    if (written != version) {
      return new Document.Refused<>(
          Document.Fault.UNREADABLE,
          "field format_version: the document is of format "
              + written
              + ", this version of Mooring reads format "
              + version);
    }
    Seal seal = seal(fields.object(SIGNATURE));
    ObjectNode content = document.deepCopy().without(SIGNATURE);
    Optional<String> doubt = trusted.doubtAbout(seal, canonical(content));
    if (doubt.isEmpty() && !Arrays.equals(bytes, forPeople(document))) {
      doubt = Optional.of("it is not in the form in which it was sealed");
    }
    if (doubt.isPresent()) {
      return new Document.Refused<>(Document.Fault.SEAL_BROKEN, doubt.get());
    }
    return new Document.Intact<>(content, Sha256.of(bytes), seal.keyId());
  }

  private static Seal seal(JsonFields fields) {
    fields.value("algorithm", text -> requireAlgorithm(text));
    String keyId = fields.text("key_id");
    Seal seal = fields.value("value", value -> new Seal(keyId, value));
    fields.requireNoOther();
    return seal;
  }

  private static String requireAlgorithm(String text) {
    if (!text.equals(Seal.ALGORITHM)) {
      throw new IllegalArgumentException("must be " + Seal.ALGORITHM + ", got '" + text + "'");
    }
    return text;
  }

  /** The form a signature covers: keys sorted, no white space, UTF-8. */
  static byte[] canonical(ObjectNode node) {
    return write(CANONICAL, node);
  }

  private static byte[] forPeople(ObjectNode document) {
    return (new String(write(FOR_PEOPLE, document), StandardCharsets.UTF_8) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] write(ObjectWriter writer, ObjectNode node) {
    try {
      return writer.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree in memory can be written", e);
    }
  }
}
