package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutputTest {
  private static final byte[] CHUNK = "y\n".repeat(500).getBytes(StandardCharsets.UTF_8);

  /** The writer is the thread of an SSH session, which brings the output of other scripts too. */
  @Test
  void beyond_its_limit_it_drops_bytes_and_holds_up_no_writer() throws Exception {
    Output output = new Output(10_000);
    for (int i = 0; i < 1_000; i++) {
      output.write(CHUNK, 0, CHUNK.length);
    }
    output.close();
    int held = 0;
    byte[] next = output.next(Duration.ZERO).orElseThrow();
    while (next.length > 0) {
      held += next.length;
      next = output.next(Duration.ZERO).orElseThrow();
    }
    assertThat(held).isBetween(8_000, 10_000);
    assertThat(output.overrun()).isTrue();
  }

  @Test
  void single_bytes_count_with_what_holding_them_costs() {
    Output output = new Output(10_000);
    for (int i = 0; i < 1_000; i++) {
      output.write('y');
    }
    assertThat(output.overrun()).isTrue();
  }

  @Test
  void what_is_given_back_may_come_again() throws Exception {
    Output output = new Output(2_000);
    for (int i = 0; i < 100; i++) {
      output.write(CHUNK, 0, CHUNK.length);
      assertThat(output.next(Duration.ZERO))
          .hasValueSatisfying(c -> assertThat(c).isEqualTo(CHUNK));
      output.release(CHUNK.length);
    }
    assertThat(output.overrun()).isFalse();
  }
}
