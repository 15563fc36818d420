package dev.mooring.starter.whois;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Sight;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Looks end when their time is over, by a clock that is set: whatever has not answered by then. */
class LookingTest {
  private static final Duration WITHIN = Duration.ofSeconds(3);

  private final AtomicLong clock = new AtomicLong(7);
  private final CountDownLatch never = new CountDownLatch(1);

  private Supplier<Sight<String>> silent(Looking looking, String what) {
    return looking.at(
        what,
        FailureCode.HOST_UNREACHABLE,
        () -> {
          try {
            never.await();
          } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
          }
          return "too late";
        });
  }

  @Test
  void one_time_is_over_for_all_looks_and_none_is_waited_for_past_it() {
    try (Looking looking = new Looking(WITHIN, clock::get)) {
      Supplier<Sight<String>> first = silent(looking, "host e0");
      Supplier<Sight<String>> answers =
          looking.at("host e1", FailureCode.HOST_UNREACHABLE, () -> "it is there");
      assertThat(answers.get()).isEqualTo(new Sight.Seen<>("it is there"));
      Supplier<Sight<String>> second = silent(looking, "host e2");
      clock.addAndGet(WITHIN.toNanos());
      assertThat(first.get())
          .isEqualTo(
              new Sight.Unseen<>(
                  FailureCode.HOST_UNREACHABLE, "host e0 did not answer within 3 s"));
      assertThat(second.get())
          .isEqualTo(
              new Sight.Unseen<>(
                  FailureCode.HOST_UNREACHABLE, "host e2 did not answer within 3 s"));
    }
  }
}
