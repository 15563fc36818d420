package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.worker.WorkerMain;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A worker in a process of its own, started again whenever it is gone, until it is closed. */
final class WorkerProcess implements AutoCloseable {
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final Thread keeper;
  private volatile boolean closing;
  private volatile Process process;
  private final AtomicInteger starts = new AtomicInteger();

  /** The one after this, if it is held ready. */
  private Optional<Process> ready = Optional.empty();

  /** What this JVM was told of classes that it shares with others of its class path. */
  private static Stream<String> sharedClasses() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-XX:SharedArchiveFile="));
  }

  /** Runs a main class of the test class path with those arguments. */
  WorkerProcess(Class<?> main, List<String> arguments, Map<String, String> environment, Path log) {
    this.command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    sharedClasses().forEach(argument -> command.add(1, argument));
    command.addAll(arguments);
    this.environment = environment;
    this.log = log;
    this.process = next();
    this.keeper = new Thread(this::keep, "keeper of " + main.getSimpleName());
    keeper.setDaemon(true);
    keeper.start();
  }

  /** The worker program, of both sites of a lab. */
  static WorkerProcess ofBothSites(Lab lab, String address, Path log) {
    return of(List.of("east", "west"), lab, address, log);
  }

  /** The worker program, of those sites of a lab. */
  static WorkerProcess of(List<String> sites, Lab lab, String address, Path log) {
    return of(sites, lab, address, log, Map.of());
  }

  /** The same, with more in its environment. */
  static WorkerProcess of(
      List<String> sites, Lab lab, String address, Path log, Map<String, String> more) {
    List<String> arguments = new ArrayList<>();
    sites.forEach(site -> arguments.addAll(List.of("--site", site)));
    arguments.addAll(List.of("--config-dir", lab.configDirectory().toString()));
    arguments.addAll(List.of("--address", address, "--http-port", "0"));
    Map<String, String> environment = new HashMap<>(lab.environment());
    environment.putAll(more);
    return new WorkerProcess(WorkerMain.class, arguments, environment, log);
  }

  /**
   * Holds the next process ready while one is at work: for a main class that begins to serve when
   * it is given a line.
   */
  synchronized WorkerProcess heldReady() {
    ready = Optional.of(spawn());
    give(process);
    return this;
  }

  private Process next() {
    starts.incrementAndGet();
    if (ready.isEmpty()) {
      return spawn();
    }
    Process next = ready.get();
    if (!give(next)) {
      // it could not wait that long: what it connects to was slow
      next = spawn();
      give(next);
    }
    ready = Optional.of(spawn());
    return next;
  }

  private static boolean give(Process waiting) {
    try (OutputStream line = waiting.getOutputStream()) {
      line.write('\n');
      return true;
    } catch (IOException hasEnded) {
      return false;
    }
  }

  private Process spawn() {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keep() {
    while (!closing) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        return;
      }
      synchronized (this) {
        if (!closing) {
          process = next();
        }
      }
    }
  }

  /** How often it was started. */
  int starts() {
    return starts.get();
  }

  /** How Temporal calls it in what it says of the activities that it has taken. */
  String identity() {
    return ManagementFactory.getRuntimeMXBean()
        .getName()
        .replaceFirst("[0-9]+", "" + process.pid());
  }

  /** Freezes it: it takes nothing and ends nothing. */
  void freeze() {
    signal("STOP");
  }

  /** Lets it go on. */
  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while signalling a worker", e);
    }
  }

  /** Kills it as kill -9 does; it is started again. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public synchronized void close() {
    closing = true;
    process.destroyForcibly();
    ready.ifPresent(Process::destroyForcibly);
    keeper.interrupt();
  }
}
