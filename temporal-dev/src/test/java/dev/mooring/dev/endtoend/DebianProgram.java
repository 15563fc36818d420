package dev.mooring.dev.endtoend;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A program that a package of Debian's brings, and that only some tests need. */
final class DebianProgram {
  private DebianProgram() {}

  /**
   * Where it is on the PATH, on which temporal-dev/setup finds it too; without it the test fails,
   * and its message names what to install.
   */
  static Path named(String name, String packaged) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isRegularFile)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "no program " + name + " on the PATH\nHINT: apt-get install -y " + packaged));
  }
}
