package dev.mooring.dev.architecture.control.postgres;

/** Reads the machine's clock for those who may not. */
public final class ClockBehind {
  private ClockBehind() {}

  /** Milliseconds. */
  public static long now() {
    return System.nanoTime() / 1_000_000;
  }
}
