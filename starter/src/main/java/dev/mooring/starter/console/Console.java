package dev.mooring.starter.console;

import dev.mooring.quoting.Printable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * The output of a command: answers on standard output, errors on standard error. On a terminal a
 * block of lines can be redrawn in place. Control characters of what it is given are escaped.
 */
public final class Console {
  /** The sequence that clears a terminal's screen. */
  private static final String CLEARED = "\u001b[H\u001b[2J";

  private final PrintStream out;
  private final PrintStream err;
  private final int columns;
  private final int rows;
  private final int width;
  private final Optional<BufferedReader> person;
  private int drawn;

  /**
   * @param columns the terminal's width, or 0 when no person watches
   */
  public Console(PrintStream out, PrintStream err, int columns) {
    this(out, err, columns, Optional.empty());
  }

  /**
   * @param person answers questions, if standard input and output are both a terminal
   */
  public Console(PrintStream out, PrintStream err, int columns, Optional<BufferedReader> person) {
    this(out, err, columns, columns, person);
  }

  /**
   * @param width the width of tables, or {@link Table#UNLIMITED}; a person may set another width
   *     than the terminal's
   */
  public Console(
      PrintStream out, PrintStream err, int columns, int width, Optional<BufferedReader> person) {
    this(out, err, new Terminal(columns, 0), width, person);
  }

  /**
   * A terminal.
   *
   * @param columns its width, or 0 when no person watches
   * @param rows its height, or 0 if that is not known
   */
  public record Terminal(int columns, int rows) {}

  /** On that terminal. */
  public Console(
      PrintStream out,
      PrintStream err,
      Terminal terminal,
      int width,
      Optional<BufferedReader> person) {
    this.rows = terminal.rows();
    this.out = out;
    this.err = err;
    this.columns = terminal.columns();
    this.width = width;
    this.person = person;
  }

  /** Whether a person can be asked. */
  public boolean canAsk() {
    return person.isPresent();
  }

  /** A person's answer; empty if no person can be asked or the input has ended. */
  public synchronized Optional<String> ask(String question) {
    if (person.isEmpty()) {
      return Optional.empty();
    }
    drawn = 0;
    out.print(Printable.escaped(question));
    out.flush();
    try {
      return Optional.ofNullable(person.get().readLine()).map(String::strip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The number of lines that can be redrawn in place; unlimited if it is not known. */
  public int height() {
    return rows > 1 ? rows - 1 : Integer.MAX_VALUE;
  }

  /** Whether the output is a terminal, so that lines may be redrawn. */
  public boolean isTerminal() {
    return columns > 0;
  }

  /** How wide a table may be, or {@link Table#UNLIMITED}. */
  public int width() {
    return width;
  }

  /** A line of the answer. */
  public void say(String line) {
    sayText(Printable.line(line));
  }

  /** An answer of several lines. */
  public synchronized void sayText(String text) {
    drawn = 0;
    out.println(Printable.escaped(text));
  }

  /** A line of the help, in the styles that it has on a terminal. */
  public synchronized void help(String line) {
    drawn = 0;
    out.println(line);
  }

  /** Lines of the answer. */
  public void say(List<String> lines) {
    lines.forEach(this::say);
  }

  /** A complaint. */
  public synchronized void complain(String line) {
    drawn = 0;
    out.flush();
    err.println(Printable.escaped(line));
  }

  /**
   * Replaces the whole screen by these lines; without a terminal, prints them below the earlier
   * ones. Returns whether they were written: a pipe whose reader is gone takes nothing.
   */
  public synchronized boolean page(List<String> lines) {
    drawn = 0;
    out.print(isTerminal() ? CLEARED : "");
    lines.forEach(line -> out.print(Printable.line(line) + "\n"));
    out.flush();
    return !out.checkError();
  }

  /** Replaces the lines that were drawn last; only on a terminal. */
  public synchronized void redraw(List<String> lines) {
    StringBuilder block = new StringBuilder();
    if (drawn > 0) {
      // up, then clear from there to the end of the screen
      block.append(String.format("\u001b[%dA\u001b[J", drawn));
    }
    for (String line : lines.stream().map(Printable::line).toList()) {
      block.append(line, 0, Math.min(line.length(), columns - 1)).append('\n');
    }
    out.print(block);
    out.flush();
    drawn = lines.size();
  }
}
