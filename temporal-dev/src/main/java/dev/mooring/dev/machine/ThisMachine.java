package dev.mooring.dev.machine;

import java.time.Duration;

/**
 * How much longer this machine may take than an idle one: every limit of a test or of the lab is
 * given as an idle machine needs it. {@code lib/server-test} sets the property {@code
 * mooring.slower} by the load of the machine.
 */
public final class ThisMachine {
  private ThisMachine() {}

  /** The time on this machine for work that takes an idle machine that long. */
  public static Duration takes(Duration idle) {
    return idle.multipliedBy(Integer.getInteger("mooring.slower", 1));
  }
}
