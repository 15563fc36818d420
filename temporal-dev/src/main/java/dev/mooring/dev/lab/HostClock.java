package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A clock of a host's own, by libfaketime: programs started on the host from now on, its servers
 * and sessions over SSH, read the machine's clock plus an offset. Waits by a monotonic clock do not
 * change, as when a machine's clock is set.
 *
 * <p>One process of a server does not have it: before version 16 a postmaster forks the WAL
 * receiver while it is in select(), during which libfaketime is off, in the child for good
 * (measured). What a standby sends then has the machine's time, while its sessions report the
 * host's; a real clock can't do that. So this is for hosts whose server streams from no other.
 */
public final class HostClock implements AutoCloseable {
  private static final Path LIBRARIES = Path.of("/usr/lib");
  private static final String MARKED = "SetEnv " + Command.MARK + "=";

  private final Path clock;
  private final Runnable newSessions;
  private final Path sshConfiguration;

  /**
   * @param newSessions ends open SSH sessions, which have the old environment, and admits new ones
   */
  HostClock(LabHost host, Runnable newSessions) {
    this.newSessions = newSessions;
    this.clock = clockOf(host);
    this.sshConfiguration = host.ssh().resolve("sshd_config");
    set("+0");
    rewriteSsh(line -> line.startsWith(MARKED) ? line + " " + words(environment(clock)) : line);
  }

  /**
   * Sets the clock, immediately for all its readers.
   *
   * @param offset to the machine's clock, such as {@code +3600}, in seconds
   */
  public void set(String offset) {
    write(clock, offset);
  }

  /** The same for a clock file, as {@link #environment} takes it. */
  public static void write(Path clock, String offset) {
    try {
      Path next = clock.resolveSibling("clock.next");
      Files.writeString(next, offset + "\n");
      Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new LabFailure("could not set the clock in " + clock, e);
    }
  }

  /** Restores the machine's clock for programs started on the host from now on. */
  @Override
  public void close() {
    try {
      Files.delete(clock);
    } catch (IOException e) {
      throw new LabFailure("could not remove " + clock, e);
    }
    rewriteSsh(line -> line.startsWith(MARKED) ? line.split(" LD_PRELOAD", 2)[0] : line);
  }

  private void rewriteSsh(java.util.function.UnaryOperator<String> edit) {
    try {
      Files.write(
          sshConfiguration, Files.readAllLines(sshConfiguration).stream().map(edit).toList());
    } catch (IOException e) {
      throw new LabFailure("could not rewrite " + sshConfiguration, e);
    }
    newSessions.run();
  }

  /** A command to run on a host, under the host's own clock if it has one. */
  static List<String> underClockOf(LabHost host, List<String> command) {
    Path clock = clockOf(host);
    return Files.exists(clock)
        ? Command.join(
            Stream.concat(
                    Stream.of("env"),
                    environment(clock).entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue()))
                .toList(),
            command)
        : command;
  }

  /** The environment by which a program uses the clock in a file. */
  public static Map<String, String> environment(Path clock) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("LD_PRELOAD", library().toString());
    environment.put("FAKETIME_TIMESTAMP_FILE", clock.toString());
    environment.put("FAKETIME_NO_CACHE", "1");
    environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    // measured: else waits of a JVM end at once, which they don't when a real clock is set
    environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
    environment.put("NO_FAKE_STAT", "1");
    return environment;
  }

  private static String words(Map<String, String> environment) {
    return environment.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .reduce((left, right) -> left + " " + right)
        .orElseThrow();
  }

  private static Path clockOf(LabHost host) {
    return host.directory().resolve("clock");
  }

  private static Path library() {
    try (Stream<Path> found =
        Files.find(LIBRARIES, 3, (p, a) -> p.endsWith("libfaketimeMT.so.1"))) {
      return found
          .findFirst()
          .orElseThrow(
              () ->
                  new LabFailure(
                      "no libfaketimeMT.so.1 below %s\nHINT: `temporal-dev/setup` installs Debian's package libfaketime."
                          .formatted(LIBRARIES)));
    } catch (IOException e) {
      throw new LabFailure("could not look for libfaketime below " + LIBRARIES, e);
    }
  }
}
