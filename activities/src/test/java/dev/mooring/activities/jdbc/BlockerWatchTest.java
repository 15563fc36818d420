package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.jdbc.BlockerWatch.Seen;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who blocked a session earlier in its wait is innocent of its end. */
class BlockerWatchTest {
  private static final long LOOK = 41;
  private static final Seen SEEN = new Seen("blocked by pid 7", LOOK);

  @Test
  void a_blocker_is_named_for_a_second_after_it_was_seen() {
    assertThat(SEEN.at(LOOK)).contains("blocked by pid 7");
    assertThat(SEEN.at(LOOK + TimeUnit.MILLISECONDS.toNanos(1000))).contains("blocked by pid 7");
  }

  @Test
  void a_blocker_that_was_seen_longer_ago_is_forgotten() {
    assertThat(SEEN.at(LOOK + TimeUnit.MILLISECONDS.toNanos(1001))).isEmpty();
  }
}
