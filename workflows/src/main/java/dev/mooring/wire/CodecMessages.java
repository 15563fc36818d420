package dev.mooring.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.IOException;
import java.util.Base64;

/**
 * The messages of a codec server, to which Temporal's Web UI and command line send payloads they
 * can't read (https://docs.temporal.io/codec-server): payloads in JSON, their bytes in base64.
 * Payloads that {@link LargePayloads} packed are returned unpacked, all others unchanged.
 */
public final class CodecMessages {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAYLOADS = "payloads";
  private static final String METADATA = "metadata";
  private static final String ENCODING = "encoding";
  private static final String DATA = "data";

  private CodecMessages() {}

  /**
   * The answer to a decode request.
   *
   * @param atMost the most bytes that all its packed payloads may have once unpacked
   * @throws IllegalArgumentException if it is no such message, or has more; one sentence
   */
  public static byte[] decoded(byte[] message, int atMost) {
    try {
      JsonNode asked = read(message);
      int left = atMost;
      for (JsonNode payload : asked.get(PAYLOADS)) {
        if (isPacked(payload)) {
          left -= unpack((ObjectNode) payload, left);
        }
      }
      return JSON.writeValueAsBytes(asked);
    } catch (IOException | PayloadCodecException | IllegalArgumentException broken) {
      throw new IllegalArgumentException(
          "no payloads of at most " + atMost + " B that can be read: " + broken.getMessage(),
          broken);
    }
  }

  /**
   * The answer to an encode request: the message itself. Typed input is small enough to stay
   * unpacked.
   *
   * @throws IllegalArgumentException if it is no such message; one sentence
   */
  public static byte[] encoded(byte[] message) {
    try {
      return JSON.writeValueAsBytes(read(message));
    } catch (IOException broken) {
      throw new IllegalArgumentException("no payloads: " + broken.getMessage(), broken);
    }
  }

  private static JsonNode read(byte[] message) throws IOException {
    JsonNode asked = JSON.readTree(message);
    if (asked == null || !asked.path(PAYLOADS).isArray()) {
      throw new IllegalArgumentException("it must be an object with an array `payloads`");
    }
    return asked;
  }

  private static boolean isPacked(JsonNode payload) {
    return payload.isObject()
        && LargePayloads.isPacked(bytes(payload.path(METADATA).path(ENCODING)));
  }

  /** Returns the number of bytes unpacked. */
  private static int unpack(ObjectNode payload, int atMost) {
    Payload packed = Payload.newBuilder().setData(bytes(payload.path(DATA))).build();
    Payload plain = LargePayloads.plain(packed, atMost);
    ObjectNode metadata = payload.putObject(METADATA);
    plain.getMetadataMap().forEach((key, value) -> metadata.put(key, text(value)));
    payload.put(DATA, text(plain.getData()));
    return plain.getSerializedSize();
  }

  private static ByteString bytes(JsonNode base64) {
    return ByteString.copyFrom(Base64.getDecoder().decode(base64.asText()));
  }

  private static String text(ByteString bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
