package dev.mooring.dev.temporal;

import dev.mooring.dev.machine.ThisMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real Temporal server of its own, started and stopped by {@code temporal-dev/up} and {@code
 * temporal-dev/down}, so that tests and people run the same one. Absent programs are a failure.
 */
public final class LocalTemporal implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("TEMPORAL_ADDRESS='?([^'\\s]+)'?");
  private static final Duration LIMIT = ThisMachine.takes(Duration.ofMinutes(2));

  private final Path scripts;
  private final String name;
  private final String address;

  private LocalTemporal(Path scripts, String name, String address) {
    this.scripts = scripts;
    this.name = name;
    this.address = address;
  }

  /**
   * Starts a server.
   *
   * @param name its name; several run side by side under different names
   */
  public static LocalTemporal up(String name) {
    Path scripts = scripts();
    String said = run(List.of(scripts.resolve("up").toString(), "--name", name, "--print-env"));
    Matcher matcher = ADDRESS.matcher(said);
    if (!matcher.find()) {
      throw new IllegalStateException("temporal-dev/up named no address: " + said);
    }
    return new LocalTemporal(scripts, name, matcher.group(1));
  }

  /** The address where it serves, host:port. */
  public String address() {
    return address;
  }

  /** Kills it as kill -9 does and starts it again at the same address, with what it had stored. */
  public void crash() {
    kill();
    startAgain();
  }

  /** Kills it as kill -9 does; its stored data stays. */
  public void kill() {
    run(List.of(scripts.resolve("down").toString(), "--name", name, "--keep-data", "--kill"));
  }

  /** Starts a killed server again at the same address. */
  public void startAgain() {
    String port = address.substring(address.lastIndexOf(':') + 1);
    run(List.of(scripts.resolve("up").toString(), "--name", name, "--port", port, "--print-env"));
  }

  @Override
  public void close() {
    run(List.of(scripts.resolve("down").toString(), "--name", name));
  }

  /** The folder {@code temporal-dev} of the checkout the tests run in. */
  public static Path scripts() {
    Path here = Path.of("").toAbsolutePath();
    return Stream.iterate(here, path -> path != null, Path::getParent)
        .map(path -> path.resolve("temporal-dev"))
        .filter(path -> Files.isExecutable(path.resolve("up")))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no temporal-dev/up above " + here));
  }

  private static String run(List<String> command) {
    try {
      Path said = Files.createTempFile("mooring-temporal", ".out");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IllegalStateException(command + " took over " + LIMIT.toSeconds() + " s");
        }
        String text = Files.readString(said, StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
          throw new IllegalStateException(command + " failed: " + text);
        }
        return text;
      } finally {
        Files.deleteIfExists(said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command, e);
    }
  }
}
