package dev.mooring.activities.host;

import dev.mooring.port.FailureCode;

/** Why an instance, or a host, could not be observed or changed, in the words of its host. */
public final class InstanceRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;

  public InstanceRefusal(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  public FailureCode code() {
    return code;
  }
}
