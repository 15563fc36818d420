package dev.mooring.dev.architecture.control.runbook.replay;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects into the order of hashes. */
final class Collects {
  private Collects() {}

  static Set<String> distinct(List<String> words) {
    return words.stream().collect(Collectors.toSet());
  }
}
