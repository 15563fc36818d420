package dev.mooring.worker;

/** The worker can't start; the message is the reason, the hint what to do. */
final class StartRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String hint;

  StartRefused(String fact, String hint) {
    super(fact);
    this.hint = hint;
  }

  String hint() {
    return hint;
  }
}
