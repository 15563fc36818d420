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

/** The lab's own server programs, one of which waits on the host until it may go on. */
final class HeldProgram {
  private final Path directory;
  private final Path held;
  private final Path reached;

  /** Their {@code pg_ctl start}. */
  static HeldProgram starts(Lab lab, LabInstance instance) {
    return new HeldProgram(lab, instance, "pg_ctl", "*' start '*");
  }

  /** A program, whatever it is called with. */
  static HeldProgram always(Lab lab, LabInstance instance, String program) {
    return new HeldProgram(lab, instance, program, "*");
  }

  private HeldProgram(Lab lab, LabInstance instance, String program, String arguments) {
    try (Stream<Path> installed = Files.list(lab.postgresPrograms())) {
      directory = Files.createTempDirectory(instance.host().directory(), "held-program");
      held = directory.resolve("held");
      reached = directory.resolve("reached");
      open(directory);
      List<Path> programs = installed.toList();
      for (Path real : programs) {
        Path here = directory.resolve(real.getFileName());
        if (here.endsWith(program)) {
          open(Files.writeString(here, script(real, arguments)));
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

  /** True once a call came this far. */
  boolean reached() {
    return Files.exists(reached);
  }

  /** How often it was called. */
  long calls() {
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

  private String script(Path real, String arguments) {
    return """
    #!/bin/sh
    case " $* " in
      %s)
        echo held >>'%s'
        while [ -e '%s' ]; do sleep 0.05; done
        ;;
    esac
    exec '%s' "$@"
    """
        .formatted(arguments, reached, held, real);
  }
}
