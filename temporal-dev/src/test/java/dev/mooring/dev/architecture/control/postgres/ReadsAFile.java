package dev.mooring.dev.architecture.control.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A value that is read where it should be given. */
final class ReadsAFile {
  private ReadsAFile() {}

  static String of(Path file) throws IOException {
    return Files.readString(file);
  }
}
