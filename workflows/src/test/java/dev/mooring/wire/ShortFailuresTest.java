package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.failure.ApplicationFailure;
import org.junit.jupiter.api.Test;

class ShortFailuresTest {
  /** From there on Temporal keeps "Failure exceeds size limit." instead. */
  private static final int LIMIT = 4096;

  private final DataConverter converter = RunbookDataConverter.create();

  @Test
  void a_chain_of_causes_from_deep_down_fits_what_temporal_keeps() {
    Throwable deep = deep(100, new IllegalStateException("Connect timed out"));
    Throwable chain = deep(100, new IllegalStateException("socket is not established", deep));
    ApplicationFailure thrown =
        ApplicationFailure.newFailureWithCause("host w0 can't be reached", "UNREACHABLE", chain);

    Failure failure = converter.exceptionToFailure(thrown);

    assertThat(failure.getSerializedSize()).isLessThan(LIMIT);
    assertThat(failure.getMessage()).isEqualTo("host w0 can't be reached");
    assertThat(failure.getApplicationFailureInfo().getType()).isEqualTo("UNREACHABLE");
    assertThat(failure.getCause().getCause().getMessage()).isEqualTo("Connect timed out");
    assertThat(failure.getStackTrace()).contains("ShortFailuresTest");
  }

  @Test
  void what_a_failure_says_is_kept_whole() {
    ApplicationFailure thrown = ApplicationFailure.newFailure("x".repeat(3000), "HOST_SILENT");

    RuntimeException back = converter.failureToException(converter.exceptionToFailure(thrown));

    assertThat(back)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getOriginalMessage()).isEqualTo("x".repeat(3000)));
  }

  private static Throwable deep(int frames, IllegalStateException thrown) {
    if (frames > 0) {
      return deep(frames - 1, thrown);
    }
    thrown.fillInStackTrace();
    return thrown;
  }
}
