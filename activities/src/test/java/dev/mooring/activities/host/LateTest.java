package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LateTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final AtomicInteger looks = new AtomicInteger();

  private Optional<byte[]> shownAtLook(int number) {
    return looks.incrementAndGet() < number ? Optional.empty() : Optional.of(new byte[] {7});
  }

  @Test
  void what_is_there_is_looked_for_once() {
    assertThat(new Late(LONG).look(() -> shownAtLook(1), Optional::isPresent))
        .hasValue(new byte[] {7});
    assertThat(looks).hasValue(1);
  }

  @Test
  void what_is_shown_late_is_found() {
    assertThat(new Late(LONG).look(() -> shownAtLook(3), Optional::isPresent))
        .hasValue(new byte[] {7});
    assertThat(looks).hasValue(3);
  }

  @Test
  void what_never_shows_is_given_up() {
    assertThat(new Late(Duration.ofMillis(250)).look(() -> shownAtLook(1_000), Optional::isPresent))
        .isEmpty();
    assertThat(looks).hasValueBetween(2, 3);
  }

  @Test
  void without_time_there_is_one_look() {
    assertThat(new Late(Duration.ZERO).look(() -> shownAtLook(2), Optional::isPresent)).isEmpty();
    assertThat(looks).hasValue(1);
  }

  @Test
  void who_is_told_to_stop_stops() {
    Thread.currentThread().interrupt();
    assertThat(new Late(LONG).look(() -> shownAtLook(3), Optional::isPresent)).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }
}
