package dev.mooring.dev.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker in a process of its own, started again whenever it is gone, until it is closed. */
final class WorkerProcess implements AutoCloseable {
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final Thread keeper;
  private volatile boolean closing;
  private volatile Process process;
  private final AtomicInteger starts = new AtomicInteger();

  /** Runs a main class of the test class path with those arguments. */
  WorkerProcess(Class<?> main, List<String> arguments, Map<String, String> environment, Path log) {
    this.command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    this.environment = environment;
    this.log = log;
    this.process = spawn();
    this.keeper = new Thread(this::keep, "keeper of " + main.getSimpleName());
    keeper.setDaemon(true);
    keeper.start();
  }

  private Process spawn() {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      starts.incrementAndGet();
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
          process = spawn();
        }
      }
    }
  }

  /** How often it was started. */
  int starts() {
    return starts.get();
  }

  /** Kills it as kill -9 does; it is started again. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public synchronized void close() {
    closing = true;
    process.destroyForcibly();
    keeper.interrupt();
  }
}
