package dev.mooring.activities.temporal;

import org.jspecify.annotations.Nullable;

/** The Temporal service can't be reached; the message is the reason, the hint what to do. */
public final class ServiceRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  ServiceRefused(String fact, String hint, @Nullable Throwable cause) {
    super(fact, cause);
    this.hint = hint;
  }

  /** The fact, one sentence without a full stop. */
  public String fact() {
    return String.valueOf(getMessage());
  }

  /** The hint: one sentence without a full stop. */
  public String hint() {
    return hint;
  }
}
