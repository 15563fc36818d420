package dev.mooring.dev.architecture.control.runbook.replay;

import java.util.List;

/** Works in any order. */
final class Streams {
  private Streams() {}

  static long count(List<String> words) {
    return words.parallelStream().filter(word -> !word.isEmpty()).count();
  }
}
