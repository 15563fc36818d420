package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.postgres.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of the lab's own server programs in which one of them says another version than it
 * is, as if a host had another package installed.
 */
final class OtherPrograms {
  private final Lab lab;

  OtherPrograms(Lab lab) {
    this.lab = lab;
  }

  /**
   * The programs on an instance's host, in place of those made before.
   *
   * @param program which of them says another version
   * @return the directory, to be named as the instance's manager
   */
  Path beside(LabInstance instance, String program, ServerVersion says) {
    Path directory = instance.host().directory().resolve("other-" + program);
    try {
      Files.createDirectories(directory);
      readable(directory);
      for (Path real : installed()) {
        Path here = directory.resolve(real.getFileName());
        Files.deleteIfExists(here);
        if (here.endsWith(program)) {
          Files.writeString(here, script(real, program + " (PostgreSQL) " + says));
          readable(here);
        } else {
          Files.createSymbolicLink(here, real);
        }
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> installed() throws IOException {
    try (Stream<Path> programs = Files.list(lab.postgresPrograms())) {
      return programs.toList();
    }
  }

  private static void readable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String script(Path real, String version) {
    return """
    #!/bin/sh
    if [ "$1" = --version ]; then
      echo '%s'
    else
      exec '%s' "$@"
    fi
    """
        .formatted(version, real);
  }
}
