package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Await;
import dev.mooring.dev.temporal.LocalTemporal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program {@code mooring} of the build, in processes of its own. */
final class Launched {
  /** Signals that whoever started the build ignores would be ignored by the program too. */
  static final List<String> WITH_SIGNALS =
      List.of("env", "--default-signal=INT", "--default-signal=HUP");

  private final Map<String, String> environment;
  private final Path launcher;

  Launched(Map<String, String> environment) {
    this.environment = environment;
    launcher = LocalTemporal.scripts().resolveSibling("starter").resolve("bin/mooring");
  }

  /**
   * What a process said.
   *
   * @param status its exit status
   */
  record Answer(int status, String out, String err) {}

  /** Runs it to its end. */
  Answer run(String... words) {
    return begin(List.of(), words).ended();
  }

  /** Starts it, behind other words. */
  Running begin(List<String> before, String... words) {
    List<String> command = new ArrayList<>(before);
    command.add(launcher.toString());
    command.addAll(List.of(words));
    return new Running(command);
  }

  /** Starts it on a terminal of its own, which ends with the process that is answered. */
  Running beginOnATerminal(String... words) {
    String line = launcher + " " + String.join(" ", words);
    List<String> command = new ArrayList<>(WITH_SIGNALS);
    command.addAll(List.of("script", "--quiet", "--flush", "--command", line, "/dev/null"));
    return new Running(command);
  }

  /** A process under way. */
  final class Running {
    private final Process process;
    private final Path out;
    private final Path err;

    private Running(List<String> command) {
      try {
        out = Files.createTempFile("mooring", ".out");
        err = Files.createTempFile("mooring", ".err");
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        // as a timer starts it, whoever started the build
        builder.environment().keySet().removeAll(List.of("SSH_CONNECTION", "SUDO_USER"));
        process = builder.start();
        process.getOutputStream().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits until it has said that. */
    void awaitSaid(String words) {
      Soon.soon("mooring says " + words, () -> said().contains(words));
    }

    /** What it has said so far. */
    String said() throws IOException {
      return Files.readString(out);
    }

    /** Sends it a signal by name. */
    void signal(String name) throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    /** Ends it as kill -9 does. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    /** What it said, once it has ended. */
    Answer ended() {
      try {
        if (!Await.ended(process)) {
          process.destroyForcibly();
          throw new AssertionError("mooring did not end: " + Files.readString(out));
        }
        Answer answer =
            new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
        Files.delete(out);
        Files.delete(err);
        return answer;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while mooring ran", e);
      }
    }
  }
}
