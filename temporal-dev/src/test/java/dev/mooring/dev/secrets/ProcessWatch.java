package dev.mooring.dev.secrets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Looks all the time at what any account of the machine could see of every process: command line
 * and environment; and at the files of host scripts below /tmp while they are there.
 */
public final class ProcessWatch implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");
  private static final Path TEMPORARY = Path.of("/tmp");
  private static final int SHOWN_AT_MOST = 100;
  private static final long PAUSE_NANOS = 5_000_000;

  private final Sought sought;
  private final Set<Long> knowing;
  private final Set<String> found = new ConcurrentSkipListSet<>();
  private final Set<String> commands = new ConcurrentSkipListSet<>();
  private final Thread thread = new Thread(this::watch, "process watch");
  private volatile boolean closing;

  /**
   * Watches from now on.
   *
   * @param knowing processes that were given secrets in their environment: only their command lines
   *     are looked at
   */
  public ProcessWatch(Sought sought, Set<Long> knowing) {
    this.sought = sought;
    this.knowing = Set.copyOf(knowing);
    thread.setDaemon(true);
    thread.start();
  }

  /** What was found so far. */
  public List<String> found() {
    return List.copyOf(found);
  }

  /** The first words of all command lines seen. */
  public Set<String> commands() {
    return Set.copyOf(commands);
  }

  private void watch() {
    while (!closing) {
      try (Stream<Path> entries = Files.list(PROC)) {
        entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+")).forEach(this::at);
        temporary();
      } catch (IOException e) {
        found.add("the watch ended: " + e);
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void at(Path process) {
    byte[] command = bytes(process.resolve("cmdline"));
    String words = new String(command, StandardCharsets.UTF_8).replace('\0', ' ');
    commands.add(words.split(" ", 2)[0]);
    String shown = words.substring(0, Math.min(words.length(), SHOWN_AT_MOST));
    found.addAll(sought.in("the command line of " + shown, command));
    if (!knowing.contains(Long.parseLong(process.getFileName().toString()))) {
      found.addAll(sought.in("the environment of " + shown, bytes(process.resolve("environ"))));
    }
  }

  private void temporary() throws IOException {
    try (Stream<Path> entries = Files.list(TEMPORARY)) {
      for (Path work :
          entries.filter(e -> e.getFileName().toString().startsWith("mooring.")).toList()) {
        below(work);
      }
    }
  }

  private void below(Path work) {
    try (Stream<Path> files = Files.walk(work)) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> found.addAll(sought.in(file.toString(), bytes(file))));
    } catch (IOException | UncheckedIOException goneMeanwhile) {
      // a script that ended took its files with it
      return;
    }
  }

  /** Empty if it ended meanwhile. */
  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException gone) {
      return new byte[0];
    }
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
