package dev.mooring.wire;

import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.FailureConverter;
import io.temporal.failure.DefaultFailureConverter;
import java.util.stream.Collectors;

/**
 * Failures with the first frames of their stack traces only. Temporal keeps no failure of over 4096
 * bytes of an attempt that will be tried again ({@code
 * limit.mutableStateActivityFailureSize.error}): a reader of the run then sees "Failure exceeds
 * size limit." instead of what is wrong. Measured: a host that can't be reached over SSH is a chain
 * of three with 9 kB of frames.
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
