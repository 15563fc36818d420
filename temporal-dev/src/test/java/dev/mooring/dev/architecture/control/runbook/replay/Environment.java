package dev.mooring.dev.architecture.control.runbook.replay;

/** Depends on the worker it runs in. */
final class Environment {
  private Environment() {}

  static String home() {
    return String.valueOf(System.getenv("HOME"));
  }
}
