package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How a call, or one instance of it, is refused. */
final class Refusals {
  private Refusals() {}

  /** The failure's type is the code, and it is tried again only where the code says so. */
  static ApplicationFailure refused(FailureCode code, ThrowingCallable call) {
    ApplicationFailure failure = catchThrowableOfType(ApplicationFailure.class, call);
    assertThat(failure).as("refused with %s", code).isNotNull();
    assertThat(failure.getType()).isEqualTo(code.name());
    boolean again =
        code.owner() == FailureCode.Owner.RETRY || code.owner() == FailureCode.Owner.WAIT;
    assertThat(failure.isNonRetryable()).as("%s is final", code).isEqualTo(!again);
    assertThat(failure.getOriginalMessage()).isNotBlank();
    return failure;
  }

  /** That instance alone gave no result, and why. */
  static void onlyFailed(List<InstanceFailure> failures, InstanceId instance, FailureCode code) {
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).instance()).isEqualTo(instance);
    assertThat(failures.get(0).code()).isEqualTo(code);
    assertThat(failures.get(0).message()).isNotBlank();
  }
}
