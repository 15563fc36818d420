package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Witnessed.Database;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WritesOnTest {
  private final WritesOn writes = new WritesOn(Duration.ofSeconds(3));

  private boolean at(int second, Database seen) {
    return writes.isLongEnough(
        seen, Duration.ofSeconds(second).toNanos(), Duration.ofSeconds(second).toNanos() + 1);
  }

  @Test
  void one_that_accepts_writes_all_the_time_is_seen_to_after_it() {
    assertThat(at(7, Database.CLOSED)).isFalse();
    assertThat(at(8, Database.WRITES)).isFalse();
    assertThat(at(10, Database.WRITES)).isFalse();
    assertThat(at(11, Database.WRITES)).isTrue();
  }

  @Test
  void one_that_is_away_in_between_begins_anew() {
    assertThat(at(0, Database.WRITES)).isFalse();
    assertThat(at(2, Database.TURNS_AWAY)).isFalse();
    assertThat(at(3, Database.WRITES)).isFalse();
    assertThat(at(5, Database.WRITES)).isFalse();
    assertThat(at(6, Database.WRITES)).isTrue();
  }

  @Test
  void one_that_stands_by_is_not_back() {
    for (int second = 0; second < 9; second++) {
      assertThat(at(second, Database.STANDS_BY)).isFalse();
    }
  }
}
