package dev.mooring.wire;

import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.FailureConverter;
import io.temporal.failure.DefaultFailureConverter;
import java.util.stream.Collectors;

/**
 * Failures with only the first frames of their stack traces. Temporal keeps no failure of over 4096
 * bytes of an attempt that will be retried ({@code limit.mutableStateActivityFailureSize.error}):
 * the run then shows "Failure exceeds size limit." instead of the error. Measured: a host that
 * can't be reached over SSH gives a chain of three with 9 kB of frames.
 */
final class ShortFailures implements FailureConverter {
  private static final int FRAMES = 4;

  private final FailureConverter whole = new DefaultFailureConverter();

  @Override
  public RuntimeException failureToException(Failure failure, DataConverter converter) {
    return whole.failureToException(failure, converter);
  }

  @Override
  public Failure exceptionToFailure(Throwable thrown, DataConverter converter) {
    return shortened(whole.exceptionToFailure(thrown, converter));
  }

  private static Failure shortened(Failure failure) {
    Failure.Builder shorter =
        failure.toBuilder()
            .setStackTrace(
                failure.getStackTrace().lines().limit(FRAMES).collect(Collectors.joining("\n")));
    if (failure.hasCause()) {
      shorter.setCause(shortened(failure.getCause()));
    }
    return shorter.build();
  }
}
