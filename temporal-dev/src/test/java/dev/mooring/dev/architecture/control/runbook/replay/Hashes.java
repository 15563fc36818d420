package dev.mooring.dev.architecture.control.runbook.replay;

import java.util.Map;

/** Works in the order of hashes. */
final class Hashes {
  private Hashes() {}

  static String first() {
    return Map.of("one", 1, "two", 2).keySet().iterator().next();
  }
}
