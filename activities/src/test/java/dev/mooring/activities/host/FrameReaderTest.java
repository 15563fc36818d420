package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final String SAID =
      """
      a login banner
      b host begin

      b west-0 control
      first

      second
      b west-0 empty

      b west-0 progress 000000010000000000000003 absent 00

      b west-0 ended
      with a line break

      b host end
      """;

  @Test
  void keeps_texts_as_they_came_in_pieces_of_any_size() {
    for (int size = 1; size < 40; size++) {
      FrameReader frames = read(SAID, size);
      assertThat(frames.ended()).isTrue();
      assertThat(frames.noise()).isEqualTo("a login banner");
      assertThat(frames.sections().get("west-0"))
          .isEqualTo(
              Map.of("control", "first\n\nsecond", "empty", "\n", "ended", "with a line break\n"));
      assertThat(frames.drainProgress())
          .containsExactly(
              new FrameReader.Progress("west-0", "000000010000000000000003 absent 00"));
    }
  }

  @Test
  void is_not_ended_by_a_boundary_of_another_call() {
    assertThat(read("\nb host begin\n\nc host end\n", 7).ended()).isFalse();
  }

  private static FrameReader read(String text, int size) {
    FrameReader frames = new FrameReader("b");
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += size) {
      int length = Math.min(size, bytes.length - at);
      byte[] piece = new byte[length];
      System.arraycopy(bytes, at, piece, 0, length);
      frames.accept(piece);
    }
    return frames;
  }
}
