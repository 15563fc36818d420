package dev.mooring.dev.architecture.control.wire;

/** Depends on how it was started. */
final class ReadsTheEnvironment {
  private ReadsTheEnvironment() {}

  static String home() {
    return System.getProperty("user.home");
  }
}
