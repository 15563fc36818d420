package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.Document;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.SampleHistories;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HistoryFormatTest {
  private static final byte[] GOLDEN = Golden.bytes("history.json");
  private static final HistoryRecord RECORD =
      SampleHistories.consume(3, SampleReceipts.digestOf(3));

  @Test
  void a_record_is_written_as_the_golden_one_and_reads_back() {
    byte[] bytes = HistoryFormat.render(RECORD, SampleKeys.signing());

    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .isEqualTo(new String(GOLDEN, StandardCharsets.UTF_8));
    assertThat(HistoryFormat.parse(GOLDEN, SampleKeys.trusted()))
        .isEqualTo(new Document.Intact<>(RECORD, Sha256.of(GOLDEN), SampleKeys.signing().id()));
  }

  @Test
  void a_byte_altered_anywhere_is_refused() {
    for (int position = 0; position < GOLDEN.length; position++) {
      byte[] altered = GOLDEN.clone();
      altered[position] ^= 1;
      assertThat(HistoryFormat.parse(altered, SampleKeys.trusted()))
          .as("byte %d", position)
          .isInstanceOf(Document.Refused.class);
    }
  }

  @Test
  void a_history_is_packed_the_same_every_time_and_unpacked_as_it_was() {
    String json = "{\"events\":[\"ä\"]}".repeat(1000);

    assertThat(HistoryFormat.pack(json)).isEqualTo(HistoryFormat.pack(json)).hasSizeLessThan(1000);
    assertThat(HistoryFormat.unpack(HistoryFormat.pack(json))).isEqualTo(json);
  }

  @Test
  void a_history_cut_short_is_told_from_a_whole_one() {
    byte[] packed = HistoryFormat.pack("{\"events\":[]}");

    assertThatThrownBy(() -> HistoryFormat.unpack(Arrays.copyOf(packed, packed.length - 9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it can't be unpacked");
  }
}
