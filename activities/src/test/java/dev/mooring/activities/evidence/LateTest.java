package dev.mooring.activities.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LateTest {
  private final AtomicInteger looks = new AtomicInteger();

  private Optional<byte[]> shownAtLook(int number) {
    return looks.incrementAndGet() < number ? Optional.empty() : Optional.of(new byte[] {7});
  }

  @Test
  void what_is_there_is_looked_for_once() {
    assertThat(new Late(Late.AT_MOST).read(() -> shownAtLook(1))).hasValue(new byte[] {7});
    assertThat(looks).hasValue(1);
  }

  @Test
  void what_is_shown_late_is_found() {
    assertThat(new Late(Late.AT_MOST).read(() -> shownAtLook(3))).hasValue(new byte[] {7});
    assertThat(looks).hasValue(3);
  }

  @Test
  void what_never_shows_is_given_up() {
    assertThat(new Late(Duration.ofMillis(250)).read(() -> shownAtLook(1_000))).isEmpty();
    assertThat(looks).hasValueBetween(2, 3);
  }

  @Test
  void who_is_told_to_stop_stops() {
    Thread.currentThread().interrupt();
    assertThat(new Late(Late.AT_MOST).read(() -> shownAtLook(3))).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }
}
