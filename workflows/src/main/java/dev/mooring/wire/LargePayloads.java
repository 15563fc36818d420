package dev.mooring.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Packs payloads that are too large for Temporal: it warns at 512 kB and ends a run at 2 MB (its
 * limits blobSize.warn and blobSize.error), and the evidence of a thousand instances is a megabyte
 * of repetitive text. Smaller payloads stay readable in histories.
 */
final class LargePayloads implements PayloadCodec {
  /** About two hundred instances. */
  static final int PLAIN_AT_MOST = 200_000;

  /** Far above what packs to Temporal's limit: text of runs packs to a tenth or less. */
  static final int UNPACKED_AT_MOST = 64 << 20;

  private static final String ENCODING = "encoding";
  private static final ByteString PACKED = ByteString.copyFromUtf8("binary/mooring-deflate");

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    return payloads.stream().map(LargePayloads::packed).toList();
  }

  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream().map(LargePayloads::plain).toList();
  }

  private static Payload packed(Payload payload) {
    if (payload.getData().size() <= PLAIN_AT_MOST) {
      return payload;
    }
    Deflater fast = new Deflater(Deflater.BEST_SPEED);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream packing = new DeflaterOutputStream(bytes, fast)) {
      payload.writeTo(packing);
    } catch (IOException e) {
      throw new PayloadCodecException(e);
    } finally {
      fast.end();
    }
    return Payload.newBuilder()
        .putMetadata(ENCODING, PACKED)
        .setData(ByteString.copyFrom(bytes.toByteArray()))
        .build();
  }

  private static Payload plain(Payload payload) {
    if (!isPacked(payload.getMetadataMap().getOrDefault(ENCODING, ByteString.EMPTY))) {
      return payload;
    }
    return plain(payload, UNPACKED_AT_MOST);
  }

  static boolean isPacked(ByteString encoding) {
    return PACKED.equals(encoding);
  }

  /**
   * Unpacks a payload.
   *
   * @param atMost the most bytes it may have: a few packed bytes may unpack to gigabytes
   * @throws PayloadCodecException if it has more, or is broken
   */
  static Payload plain(Payload packed, int atMost) {
    try (InflaterInputStream plain = new InflaterInputStream(packed.getData().newInput())) {
      CodedInputStream bounded = CodedInputStream.newInstance(plain);
      bounded.setSizeLimit(atMost);
      return Payload.parseFrom(bounded);
    } catch (IOException e) {
      throw new PayloadCodecException(e);
    }
  }
}
