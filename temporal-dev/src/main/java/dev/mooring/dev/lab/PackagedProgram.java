package dev.mooring.dev.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** A program that a package of the machine brings, or that the environment names. */
final class PackagedProgram {
  private PackagedProgram() {}

  /** Its path; Debian has some programs only on root's PATH. */
  static Path named(String name, String packaged) {
    String variable = "MOORING_" + name.toUpperCase(Locale.ROOT);
    String asked = System.getenv().get(variable);
    return (asked == null
            ? Stream.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")
                .map(directory -> Path.of(directory, name))
            : Stream.of(Path.of(asked)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new LabFailure(
                    "no program %s%nHINT: install the package %s, or set %s to the program."
                        .formatted(name, packaged, variable)));
  }
}
