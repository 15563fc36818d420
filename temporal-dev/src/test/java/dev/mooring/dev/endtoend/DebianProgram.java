package dev.mooring.dev.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;

/** A program that a package of Debian's brings, and that only some tests need. */
final class DebianProgram {
  private DebianProgram() {}

  /** Where it is; without it the test fails, and its message names what to install. */
  static Path named(String name, String packaged) {
    Path program = Path.of("/usr/bin", name);
    if (!Files.isExecutable(program)) {
      throw new AssertionError("no program " + program + "\nHINT: apt-get install -y " + packaged);
    }
    return program;
  }
}
