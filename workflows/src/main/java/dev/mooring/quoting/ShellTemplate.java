package dev.mooring.quoting;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command of the cluster file for {@code /bin/sh}, with names in braces that are filled in, each
 * as one word; braces around anything else belong to the command. This shell never parses a value
 * as a part of the command, wherever its name stands: it is set in a variable first, unless it
 * means nothing to a shell. A program that the command calls may parse it: {@code sh -c} does.
 */
public final class ShellTemplate {
  private static final Pattern NAME = Pattern.compile("\\{([a-z_]+)}");

  private final String template;

  /** Where the words of the template are: in each kind of quotes, innermost last. */
  private final Deque<Character> within = new ArrayDeque<>();

  private ShellTemplate(String template) {
    this.template = template;
  }

  /** The command with its names filled in. */
  public static String fill(String template, Map<String, String> values) {
    return new ShellTemplate(template).filled(values);
  }

  private String filled(Map<String, String> values) {
    Map<String, String> set = new TreeMap<>();
    StringBuilder command = new StringBuilder();
    Matcher names = NAME.matcher(template);
    int at = 0;
    while (names.find()) {
      String name = names.group(1);
      String value = values.get(name);
      if (value == null) {
        continue;
      }
      skip(at, names.start());
      command.append(template, at, names.start());
      String word = ShellWord.quote(value);
      command.append(word.equals(value) ? value : variable(name));
      if (!word.equals(value)) {
        set.put(name, word);
      }
      at = names.end();
    }
    StringBuilder before = new StringBuilder();
    set.forEach((name, word) -> before.append("mooring_" + name + "=" + word + "\n"));
    return before.append(command).append(template.substring(at)).toString();
  }

  private String variable(String name) {
    String value = "${mooring_" + name + "}";
    return switch (innermost()) {
      case '"' -> value;
      case '\'' -> "'\"" + value + "\"'";
      default -> within.contains('"') && innermost() == '`' ? value : "\"" + value + "\"";
    };
  }

  private char innermost() {
    return within.isEmpty() ? '\0' : within.getLast();
  }

  /** A mistake here splits a value into words; it makes no command of it. */
  private void skip(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = template.charAt(i);
      char in = innermost();
      if (in == '\'') {
        end('\'', c);
      } else if (c == '\\') {
        i++;
      } else if (c == '#' && in != '"' && beginsWord(i)) {
        int end = template.indexOf('\n', i);
        i = end < 0 ? to : end;
      } else if (c == '(' && i > 0 && template.charAt(i - 1) == '$') {
        within.add(')');
      } else if (c == in) {
        end(in, c);
      } else if (c == '"' || c == '`' || (c == '\'' && in != '"')) {
        within.add(c);
      }
    }
  }

  private boolean beginsWord(int at) {
    return at == 0 || Character.isWhitespace(template.charAt(at - 1));
  }

  private void end(char quote, char c) {
    if (c == quote) {
      within.removeLast();
    }
  }
}
