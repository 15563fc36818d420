package dev.mooring.dev.architecture.control.runbook.replay;

import java.nio.file.Path;

/** Reads what another worker does not have. */
final class Files {
  private Files() {}

  static String name(Path file) {
    return file.toString();
  }
}
