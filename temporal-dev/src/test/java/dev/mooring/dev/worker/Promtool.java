package dev.mooring.dev.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real promtool, which reads metrics and rules as Prometheus does. */
public final class Promtool {
  private Promtool() {}

  /**
   * What it finds in metrics: nothing when all is well.
   *
   * @throws AssertionError when it can't read them as metrics at all
   */
  public static List<String> complaintsAbout(String metrics, Path directory)
      throws IOException, InterruptedException {
    Path served = Files.writeString(Files.createTempFile(directory, "served", ".prom"), metrics);
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(served.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = promtool.waitFor();
    // 3: it read them all and finds fault with some
    if (status != 0 && status != 3) {
      throw new AssertionError("promtool check metrics ended with " + status + ": " + said);
    }
    return said.lines().toList();
  }

  /** What it says of a file of rules, or of their tests; its status must be 0. */
  public static String accepts(Path directory, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process promtool =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (promtool.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + said);
    }
    return said;
  }
}
