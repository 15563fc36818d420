package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Programs run by the lab. Each gets the C locale, none of the caller's PG variables (a forgotten
 * PGDATA must not lead to a real server), and the mark by which the lab finds its own processes
 * again.
 */
final class Command {
  /** The environment variable that every process of a lab carries, with the lab's directory. */
  static final String MARK = "MOORING_LAB_PROCESS";

  private Command() {}

  /** The result of a program: its status, and its standard output and standard error together. */
  record Output(int status, String text) {}

  /** Runs to the end and fails unless the program succeeded; returns its output. */
  static String run(Path lab, List<String> command, Map<String, String> environment) {
    Output output = attempt(lab, command, environment);
    if (output.status() != 0) {
      throw new LabFailure(
          "exit status %d instead of 0 from: %s%n%s"
              .formatted(output.status(), String.join(" ", command), output.text().strip()));
    }
    return output.text();
  }

  /** Runs to the end, whatever that is. */
  static Output attempt(Path lab, List<String> command, Map<String, String> environment) {
    try {
      Path file = Files.createTempFile("mooring-lab", ".out");
      try {
        Process process = builder(lab, command, environment).redirectOutput(file.toFile()).start();
        if (!Await.ended(process)) {
          process.destroyForcibly();
          throw new LabFailure(
              "no end after %d s of: %s%n%s"
                  .formatted(
                      Await.LIMIT.toSeconds(), String.join(" ", command), Files.readString(file)));
        }
        return new Output(
            process.exitValue(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new LabFailure("could not run: " + String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabFailure("interrupted while running: " + String.join(" ", command), e);
    }
  }

  /** Starts a program that stays, in a session of its own, its output appended to a file. */
  static LabProcess start(Path lab, List<String> command, Path log) {
    List<String> detached = join(List.of("setsid"), command);
    try {
      Process process =
          builder(lab, detached, Map.of())
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return LabProcess.find(process.pid())
          .orElseThrow(
              () -> new LabFailure("ended as soon as it began: " + String.join(" ", detached)));
    } catch (IOException e) {
      throw new LabFailure("could not start: " + String.join(" ", detached), e);
    }
  }

  /** A command line put together from a prefix and a command. */
  static List<String> join(List<String> prefix, List<String> command) {
    return Stream.concat(prefix.stream(), command.stream()).toList();
  }

  private static ProcessBuilder builder(
      Path lab, List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    builder.environment().put(MARK, lab.toString());
    builder.environment().putAll(environment);
    return builder
        .directory(lab.toFile())
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
  }
}
