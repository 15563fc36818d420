package dev.mooring.dev.scale;

import dev.mooring.dev.lab.Await;
import dev.mooring.dev.temporal.LocalTemporal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code temporal-dev/bench scale [CONTENTS...]}: publishes and consumes fleets of those sizes that
 * are not there, and says what it cost against the bars. Ends with 1 when one is missed.
 */
public final class ScaleMain {
  private static final List<Integer> SIZES = List.of(16, 64, 250, 1000);
  private static final int WARM_UP = 1;

  private ScaleMain() {}

  /** Arguments: the worker's launcher, then sizes. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      sizes.add(Integer.parseInt(arguments[i]));
    }
    ScaleReport report = new ScaleReport(System.out);
    Path launcher = Path.of(arguments[0]);
    for (int contents : sizes.isEmpty() ? SIZES : sizes) {
      measure(FleetSize.of(contents), launcher, report);
    }
    report.compareSizes();
    report.print();
    System.exit(report.met() ? 0 : 1);
  }

  private static void measure(FleetSize size, Path launcher, ScaleReport report)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("mooring-scale");
    try (LocalTemporal temporal =
            LocalTemporal.up("scale-" + ProcessHandle.current().pid() + "-" + size.contents());
        FakeFleet fleet = new FakeFleet(size, directory)) {
      Process worker = worker(launcher, temporal, fleet, directory.resolve("worker.log"));
      try (ScaleRun run = new ScaleRun(fleet, temporal.address())) {
        for (int i = 0; i < WARM_UP; i++) {
          run.publish();
          run.consume();
        }
        ScaleRun.Cost publish = run.publish();
        ScaleRun.Cost consume = run.consume();
        report.add(size, publish, consume, residentMegabytes(worker));
      } finally {
        worker.destroy();
        if (!Await.ended(worker)) {
          worker.destroyForcibly();
        }
      }
    } finally {
      remove(directory);
    }
  }

  private static Process worker(Path launcher, LocalTemporal temporal, FakeFleet fleet, Path log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                launcher.toString(),
                "--site",
                "east",
                "--site",
                "west",
                "--config-dir",
                fleet.config().toString(),
                "--address",
                temporal.address(),
                "--http-port",
                "0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(Map.of("SCALE_PASSWORD", "none"));
    return builder.start();
  }

  /** The most memory it ever had, heap and all. */
  private static long residentMegabytes(Process worker) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + worker.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  private static void remove(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
  }
}
