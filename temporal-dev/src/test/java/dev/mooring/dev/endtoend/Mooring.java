package dev.mooring.dev.endtoend;

import dev.mooring.starter.Caller;
import dev.mooring.starter.CommandTree;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** The command line {@code mooring} in this JVM, as a person at a lab's worker types it. */
public final class Mooring {
  private final Map<String, String> environment = new TreeMap<>();

  public Mooring(Map<String, String> environment, String temporal) {
    this.environment.putAll(environment);
    this.environment.put("TEMPORAL_ADDRESS", temporal);
  }

  /**
   * What a command said.
   *
   * @param status its exit status
   * @param took how long the person waited for it
   */
  public record Answer(int status, String out, String err, Duration took) {
    String firstLine() {
      return out.lines().findFirst().orElse("");
    }
  }

  /** Runs a command line, its words parted by blanks, to its end. */
  Answer type(String line) {
    return new Typed(line).run();
  }

  /** The same at a terminal, where somebody gives that answer to each question. */
  Answer typeAnswering(String line, String answer) {
    Typed typed = new Typed(line);
    typed.person = Optional.of(new BufferedReader(new StringReader(answer + "\n")));
    return typed.run();
  }

  /** Types a look until it sees everything in order. */
  public Answer typeUntilInOrder(String line) {
    return typeUntil(line, answer -> answer.status() == ExitCode.DONE.status());
  }

  /** Types a look until its answer is so. */
  Answer typeUntil(String line, Predicate<Answer> complete) {
    return Soon.seen(line + " sees what there is", () -> type(line), complete);
  }

  /** Runs a command line beside the test. */
  Typed begin(String line) {
    Typed typed = new Typed(line);
    typed.ending = CompletableFuture.supplyAsync(typed::run);
    return typed;
  }

  /** The environment it runs in. */
  Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /** A command line under way. */
  final class Typed {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> words;
    private Optional<BufferedReader> person = Optional.empty();
    private CompletableFuture<Answer> ending = new CompletableFuture<>();

    private Typed(String line) {
      words = new ArrayList<>(List.of(line.split(" ", -1)));
    }

    private Answer run() {
      Console console = new Console(printer(out), printer(err), 0, person);
      Caller caller = new Caller(environment, "ann", console);
      long began = System.nanoTime();
      int status = CommandTree.run(caller, words.toArray(String[]::new));
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      return new Answer(status, said(), err.toString(StandardCharsets.UTF_8), took);
    }

    /** What it has said so far. */
    String said() {
      return out.toString(StandardCharsets.UTF_8);
    }

    /** Whether it has ended. */
    boolean hasEnded() {
      return ending.isDone();
    }

    /** What it said, once it has ended. */
    Answer answer() {
      return ending.join();
    }
  }

  private static PrintStream printer(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
