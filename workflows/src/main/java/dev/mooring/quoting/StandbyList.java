package dev.mooring.quoting;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A value of synchronous_standby_names as it is written: the only place where names become one, and
 * where one becomes names.
 *
 * @param method ANY or FIRST in the value's own letters; empty without one
 * @param number how many must confirm; 0 for a list without a number, or with no list at all
 * @param names application names without their quotes, in their order
 */
public record StandbyList(String method, int number, List<String> names) {
  /** Stands for every standby, with quotes or without. */
  public static final String ANYBODY = "*";

  private static final Pattern COUNTED =
      Pattern.compile(
          "(?:(ANY|FIRST)\\s+)?(\\d{1,4})\\s*\\((.*)\\)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /**
   * More than PostgreSQL takes, so that what Mooring once wrote without quotes is read too.
   * Possessive, because Java repeats other alternatives by a call for each character.
   */
  private static final Pattern NAME = Pattern.compile("\"(?:[^\"]|\"\")*+\"|[^\\s,()\"]+");

  private static final Pattern PLAIN =
      Pattern.compile("(?!(?i:any|first)$)[A-Za-z_][A-Za-z0-9_$]*");

  public StandbyList {
    names = List.copyOf(names);
  }

  /** Reads a value. */
  public static StandbyList of(String value) {
    String text = value.strip();
    Matcher counted = COUNTED.matcher(text);
    if (!counted.matches()) {
      return new StandbyList("", 0, names(text));
    }
    String method = counted.group(1) == null ? "" : counted.group(1);
    return new StandbyList(method, Integer.parseInt(counted.group(2)), names(counted.group(3)));
  }

  private static List<String> names(String list) {
    return NAME.matcher(list)
        .results()
        .map(MatchResult::group)
        .map(StandbyList::unquoted)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static String unquoted(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name;
  }

  private static String quoted(String name) {
    return name.equals(ANYBODY) || PLAIN.matcher(name).matches()
        ? name
        : "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** The form in which application names are compared: without regard to case, quoted or not. */
  public static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether a standby of that application name stands in the list itself, not by {@code *}. */
  public boolean isNamed(String application) {
    return names.stream().map(StandbyList::folded).anyMatch(folded(application)::equals);
  }

  /** The value that PostgreSQL reads as these names. */
  @Override
  public String toString() {
    String list = names.stream().map(StandbyList::quoted).collect(Collectors.joining(", "));
    if (number == 0) {
      return list;
    }
    return (method.isEmpty() ? "" : method + " ") + number + " (" + list + ")";
  }
}
