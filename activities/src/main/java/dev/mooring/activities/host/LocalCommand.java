package dev.mooring.activities.host;

import dev.mooring.evidence.Document;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command of the cluster file, run by {@code /bin/sh} on the worker's own machine. */
public final class LocalCommand {
  private static final int LINE_AT_MOST = 200;

  private LocalCommand() {}

  /** How a command ended. */
  public sealed interface End {

    /**
     * It exited.
     *
     * @param status its exit status
     * @param output its standard output, as UTF-8; one byte more than a document may have if it is
     *     longer
     * @param said the first line of its standard error
     */
    record Exited(int status, String output, String said) implements End {}

    /** The command did not end in time, and was killed with all that it had started. */
    record Killed(Duration after) implements End {}

    /** The command could not be run. */
    record NotRun(String why) implements End {}

    /** The end of a sentence that begins with the command. */
    default String inWords() {
      if (this instanceof Exited exited) {
        return "ended with status "
            + exited.status()
            + (exited.said().isEmpty() ? "" : ": " + exited.said());
      }
      return this instanceof Killed killed
          ? "did not end within " + killed.after().toSeconds() + " s"
          : "can't be run: " + ((NotRun) this).why();
    }
  }

  /** Runs it, without standard input, for at most that long. */
  public static End run(String command, Duration atMost) {
    try {
      Path directory = Files.createTempDirectory("mooring-command");
      Path output = directory.resolve("out");
      Path said = directory.resolve("err");
      try {
        Process process =
            shell(command).redirectOutput(output.toFile()).redirectError(said.toFile()).start();
        return ended(process, atMost)
            ? new End.Exited(process.exitValue(), text(output), firstLine(said))
            : new End.Killed(atMost);
      } finally {
        Files.deleteIfExists(output);
        Files.deleteIfExists(said);
        Files.deleteIfExists(directory);
      }
    } catch (IOException unstartable) {
      return new End.NotRun(String.valueOf(unstartable.getMessage()));
    }
  }

  /** A shell for it, without standard input and without the secrets of this process. */
  public static ProcessBuilder shell(String command) {
    ProcessBuilder shell =
        new ProcessBuilder(List.of("/bin/sh", "-c", command))
            .redirectInput(Path.of("/dev/null").toFile());
    OwnVariables.withhold(shell.environment().keySet());
    return shell;
  }

  private static boolean ended(Process process, Duration atMost) {
    try {
      if (process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    return false;
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(Document.BYTES_AT_MOST + 1), StandardCharsets.UTF_8);
    }
  }

  /** The first line that says something, shortened; the file may be of any length. */
  public static String firstLine(Path said) throws IOException {
    String line =
        text(said).lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
    return line.substring(0, Math.min(LINE_AT_MOST, line.length()));
  }
}
