package dev.mooring.activities.host;

import dev.mooring.quoting.ShellWord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A POSIX shell script and its calls. It reaches the host on standard input, so nothing is
 * installed and no argument shows in a process list; the shell runs it only when its last line has
 * arrived, so a connection lost on the way runs nothing.
 *
 * <p>{@code prelude.sh} comes first: it frames the output of the parts by a boundary made for this
 * one call, so that log lines and control data come back unchanged.
 */
public final class Script {
  /** Bytes of an answer that has a log, or names of all files of an archive. */
  public static final long LONG_ANSWER = 24L << 20;

  /** Bytes of any other. */
  public static final long ANSWER = 8L << 20;

  private static final int AT_ONCE = 32;
  private static final Map<String, String> RESOURCES = new ConcurrentHashMap<>();

  private final String name;
  private final StringBuilder functions = new StringBuilder();
  private final List<Line> calls = new ArrayList<>();
  private boolean asks;
  private long answerAtMost = ANSWER;
  private final String boundary = UUID.randomUUID().toString();

  private Script(String name) {
    this.name = name;
  }

  /**
   * A script of these parts.
   *
   * @param name what it does, for messages
   * @param beside the class whose package has the parts as resources
   * @param parts resource names, in order
   */
  public static Script of(String name, Class<?> beside, List<String> parts) {
    Script script = new Script(name);
    script.functions.append(resource(Script.class, "prelude.sh"));
    parts.forEach(part -> script.functions.append(resource(beside, part)));
    return script;
  }

  /** Adds a part from the package of another class. */
  public Script with(Class<?> beside, String part) {
    functions.append(resource(beside, part));
    return this;
  }

  /** Gives the parts a variable. */
  public Script set(String variable, String value) {
    functions.append(variable).append('=').append(ShellWord.quote(value)).append('\n');
    return this;
  }

  /** Calls a function, after the earlier calls. */
  public Script call(String function, List<String> arguments) {
    calls.add(new Line(false, words(function, arguments)));
    return this;
  }

  /**
   * Calls a function in parallel with other subjects' calls, at most 32 at once; its output has the
   * subject's name.
   */
  public Script each(String subject, String function, List<String> arguments) {
    calls.add(new Line(true, ShellWord.quote(subject) + " " + words(function, arguments)));
    return this;
  }

  /** Makes the script ask for a word, once: its question arrives as its progress. */
  public Script asking() {
    asks = true;
    return this;
  }

  /** Lets the host print more bytes than the 8 MiB that are kept of other scripts. */
  public Script answering(long bytes) {
    answerAtMost = bytes;
    return this;
  }

  long answerAtMost() {
    return answerAtMost;
  }

  boolean asks() {
    return asks;
  }

  private static String words(String function, List<String> arguments) {
    StringBuilder words = new StringBuilder(function);
    arguments.forEach(argument -> words.append(' ').append(ShellWord.quote(argument)));
    return words.toString();
  }

  /** The text of a resource, as UTF-8; read once, since a jar unpacks it at every reading. */
  public static String resource(Class<?> beside, String name) {
    return RESOURCES.computeIfAbsent(
        beside.getPackageName() + '/' + name, path -> read(beside, name));
  }

  private static String read(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "no resource " + name + " beside class " + beside.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  String name() {
    return name;
  }

  String boundary() {
    return boundary;
  }

  /** The shell's input; the last line runs it. */
  String text() {
    long subjects = calls.stream().filter(Line::ofSubject).count();
    String one = subjects == 1 ? "alone " : "job ";
    StringBuilder main = new StringBuilder();
    calls.forEach(
        line ->
            main.append("  ")
                .append(line.ofSubject() ? one : "")
                .append(line.words())
                .append('\n'));
    return functions
        + "main() {\n  begin "
        + boundary
        + (subjects > AT_ONCE ? "\n  at_most " + AT_ONCE : "")
        + "\n"
        + main
        + "  finish\n}\nmain "
        + (asks ? "5<&0 " : "")
        + "</dev/null; exit\n";
  }

  /** One call of the script's main function, for one subject or for the host itself. */
  private record Line(boolean ofSubject, String words) {}
}
