package dev.mooring.starter;

import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The program {@code mooring}. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    if (List.of(arguments).equals(List.of("--version"))) {
      // scripts ask this often: nothing else is loaded for it
      System.out.println("mooring " + version());
      return;
    }
    Map<String, String> environment = System.getenv();
    Console console =
        new Console(
            System.out,
            System.err,
            new Console.Terminal(columns(), Integer.getInteger("mooring.rows", 0)),
            width(environment, columns()),
            person());
    int status = CommandTree.run(new Caller(environment, user(environment), console), arguments);
    if (status != ExitCode.FAILED.status() && status != ExitCode.USAGE.status()) {
      sayClassesAreComplete();
    }
    System.exit(status);
  }

  /** The launcher archives the classes of a command that ran to its end, and of no other. */
  private static void sayClassesAreComplete() {
    String list = System.getProperty("mooring.classes");
    if (list != null) {
      try {
        Files.createFile(Path.of(list + ".complete"));
      } catch (IOException unwritable) {
        // a later run is the next occasion
        return;
      }
    }
  }

  /** The version in the jar's manifest. */
  static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  /** The launcher measures the terminal; without it no person watches. */
  private static int columns() {
    return Integer.getInteger("mooring.columns", 0);
  }

  /** The width of tables: COLUMNS, else the terminal's width; unlimited in a pipe or a file. */
  static int width(Map<String, String> environment, int terminal) {
    String said = environment.getOrDefault("COLUMNS", "");
    return said.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(said) : terminal;
  }

  /** The launcher checks whether standard input is a terminal too. */
  private static Optional<BufferedReader> person() {
    return columns() > 0 && Boolean.getBoolean("mooring.asks")
        ? Optional.of(
            new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())))
        : Optional.empty();
  }

  private static String user(Map<String, String> environment) {
    return environment.getOrDefault("SUDO_USER", System.getProperty("user.name", "unknown"));
  }
}
