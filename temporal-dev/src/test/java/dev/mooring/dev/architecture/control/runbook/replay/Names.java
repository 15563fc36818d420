package dev.mooring.dev.architecture.control.runbook.replay;

import java.util.UUID;

/** Names something anew in each replay. */
final class Names {
  private Names() {}

  static String next() {
    return UUID.randomUUID().toString();
  }
}
