package dev.mooring.dev.architecture.control.runbook.replay;

import java.util.Random;

/** Decides by chance. */
final class Dice {
  private Dice() {}

  static boolean roll() {
    return new Random(7).nextBoolean();
  }
}
