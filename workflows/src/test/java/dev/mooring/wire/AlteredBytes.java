package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Document;
import java.util.function.Function;

/** What a sealed document is when one bit of it is another. */
final class AlteredBytes {
  private AlteredBytes() {}

  /** Alters each byte once, each in another of its bits than its neighbours; a seal covers all. */
  static void areRefused(byte[] whole, Function<byte[], Document<?>> parse) {
    for (int position = 0; position < whole.length; position++) {
      byte[] altered = whole.clone();
      altered[position] ^= (byte) (1 << position % Byte.SIZE);
      assertThat(parse.apply(altered))
          .as("byte %d altered", position)
          .isInstanceOf(Document.Refused.class);
    }
  }
}
