package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** The lab's own server programs, whose {@code pg_ctl start} waits on the host until it may. */
final class HeldStarts {
  private final Path directory;
  private final Path held;
  private final Path reached;

  HeldStarts(Lab lab, LabInstance instance) {
    try (Stream<Path> installed = Files.list(lab.postgresPrograms())) {
      directory = Files.createTempDirectory(instance.host().directory(), "held-starts");
      held = directory.resolve("held");
      reached = directory.resolve("reached");
      open(directory);
      List<Path> programs = installed.toList();
      for (Path real : programs) {
        Path here = directory.resolve(real.getFileName());
        if (here.endsWith("pg_ctl")) {
          open(Files.writeString(here, script(real)));
        } else {
          Files.createSymbolicLink(here, real);
        }
      }
      open(Files.createFile(held));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is to be named as the instance's manager. */
  Path programs() {
    return directory;
  }

  /** True once a start came this far. */
  boolean reached() {
    return Files.exists(reached);
  }

  /** How often a start was asked for. */
  long starts() {
    return Sites.read(reached).lines().count();
  }

  void release() {
    try {
      Files.delete(held);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void open(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private String script(Path real) {
    return """
    #!/bin/sh
    case " $* " in
      *' start '*)
        echo start >>'%s'
        while [ -e '%s' ]; do sleep 0.05; done
        ;;
    esac
    exec '%s' "$@"
    """
        .formatted(reached, held, real);
  }
}
