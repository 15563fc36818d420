package dev.mooring.starter.whois;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Looks end when their time is over, by a clock that is set: whatever has not answered by then. */
class InstancesLookTest {
  private static final Duration WITHIN = Duration.ofSeconds(3);

  private final AtomicLong clock = new AtomicLong(7);
  private final CountDownLatch never = new CountDownLatch(1);

  private Supplier<Observed<String>> silent(WhoisLook looking, String what) {
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
    try (WhoisLook looking = new WhoisLook(WITHIN, clock::get)) {
      Supplier<Observed<String>> first = silent(looking, "host e0");
      Supplier<Observed<String>> answers =
          looking.at("host e1", FailureCode.HOST_UNREACHABLE, () -> "it is there");
      assertThat(answers.get()).isEqualTo(new Observed.Seen<>("it is there"));
      Supplier<Observed<String>> second = silent(looking, "host e2");
      clock.addAndGet(WITHIN.toNanos());
      assertThat(first.get())
          .isEqualTo(
              new Observed.Unseen<>(
                  FailureCode.HOST_UNREACHABLE, "host e0 did not answer within 3 s"));
      assertThat(second.get())
          .isEqualTo(
              new Observed.Unseen<>(
                  FailureCode.HOST_UNREACHABLE, "host e2 did not answer within 3 s"));
    }
  }
}
