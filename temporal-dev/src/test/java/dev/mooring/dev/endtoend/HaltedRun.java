package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A run that only workers serve which halt at chosen points of it, each once, as if by kill -9. A
 * point is a step's name with {@code .before} or {@code .after}.
 */
final class HaltedRun implements AutoCloseable {
  private final Path points;
  private final WorkerProcess worker;

  private HaltedRun(Path points, WorkerProcess worker) {
    this.points = points;
    this.worker = worker;
  }

  /**
   * Halts at each of these.
   *
   * @param all points there are
   * @param chosen those of them at which a worker halts
   */
  static HaltedRun at(
      Stage stage, WorkflowStub run, Path directory, Set<String> all, Set<String> chosen) {
    try {
      Path points = Files.createDirectory(directory.resolve("points"));
      passAll(points, all, chosen);
      return serving(stage, run, points);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Halts before and after each act of each step that the run comes by, but for those where workers
   * of an earlier run with that directory halted.
   */
  static HaltedRun atEachAct(Stage stage, WorkflowStub run, Path directory) {
    try {
      Path points = Files.createDirectories(directory.resolve("points"));
      return serving(stage, run, points, HaltingWorker.EACH_ACT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Halts at that one, and no worker serves after it. */
  static HaltedRun forGoodAt(
      Stage stage, WorkflowStub run, Path directory, Set<String> all, String point) {
    try {
      Files.createDirectory(directory.resolve("points"));
      Files.createFile(directory.resolve("points").resolve(point + HaltingWorker.FOR_GOOD));
      passAll(directory.resolve("points"), all, Set.of(point));
      return serving(stage, run, directory.resolve("points"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** No worker halts at those but the chosen, nor where a move looks at its locks. */
  private static void passAll(Path points, Set<String> all, Set<String> chosen) throws IOException {
    Set<String> passed = new TreeSet<>(all);
    passed.addAll(Set.of("ObserveLock.before", "ObserveLock.after"));
    passed.removeAll(chosen);
    for (String point : passed) {
      Files.createFile(points.resolve(point));
    }
  }

  private static HaltedRun serving(Stage stage, WorkflowStub run, Path points, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                stage.service.address(),
                stage.lab.configDirectory().toString(),
                points.toString(),
                run.getExecution().getWorkflowId()));
    arguments.addAll(List.of(more));
    return new HaltedRun(
        points,
        new WorkerProcess(
                HaltingWorker.class,
                arguments,
                stage.lab.environment(),
                points.resolveSibling("worker.log"))
            .heldReady());
  }

  /** Both points of each step of that runbook, and of what has no step or another's name. */
  static <S extends Enum<S>> Set<String> pointsOf(Class<S> steps) {
    return pointsOf(steps, Set.of());
  }

  /** The same without those of steps that call nobody. */
  static <S extends Enum<S>> Set<String> pointsOf(Class<S> steps, Set<S> callNobody) {
    return bothOf(callsOf(steps, callNobody));
  }

  /** Both points of each of those steps. */
  static Set<String> bothOf(Set<?> steps) {
    return steps.stream()
        .flatMap(step -> Stream.of(step + ".before", step + ".after"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Those steps themselves, and what has none or another's name. */
  static <S extends Enum<S>> Set<String> callsOf(Class<S> steps, Set<S> callNobody) {
    return Stream.concat(
            Stream.of("ReadCluster", "ObserveClusterFile", "RECEIPT"),
            Stream.of(steps.getEnumConstants())
                .filter(step -> !callNobody.contains(step))
                .map(Enum::name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The steps and other calls in which workers of all runs with that directory halted: as often
   * after an act as before one.
   */
  Set<String> calls() {
    return calls(Set.of());
  }

  /**
   * The same.
   *
   * @param givenUp steps whose looks are given up after some seconds, by however many workers
   */
  Set<String> calls(Set<String> givenUp) {
    Map<String, Integer> calls = new TreeMap<>();
    try (Stream<Path> hit = Files.list(points)) {
      hit.map(point -> point.getFileName().toString())
          .forEach(
              point ->
                  calls.merge(
                      point.substring(0, point.indexOf('.')),
                      point.endsWith(".before") ? 1 : -1,
                      Integer::sum));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SortedMap<String, Integer> done = new TreeMap<>(calls);
    done.keySet().removeAll(givenUp);
    assertThat(done.values()).as("before and after: " + calls).containsOnly(0);
    return calls.keySet();
  }

  /** Whether a worker halted there. */
  boolean halted(String point) {
    return Files.exists(points.resolve(point));
  }

  /** How many workers there were. */
  int workers() {
    return worker.starts();
  }

  @Override
  public void close() {
    worker.close();
  }
}
