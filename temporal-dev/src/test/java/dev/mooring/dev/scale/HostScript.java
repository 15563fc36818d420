package dev.mooring.dev.scale;

import java.util.ArrayList;
import java.util.List;

/**
 * A host script as the product sends it, read by what it calls: the functions above are a real
 * shell's business.
 *
 * @param boundary what its frames begin with
 */
record HostScript(String boundary, List<Call> calls) {
  private static final String MAIN = "\nmain() {\n";

  HostScript {
    calls = List.copyOf(calls);
  }

  /**
   * One call.
   *
   * @param subject the instance, or {@code host}
   */
  record Call(String subject, String function, List<String> arguments) {
    Call {
      arguments = List.copyOf(arguments);
    }

    String argument(int number) {
      return arguments.get(number);
    }
  }

  static HostScript parse(String text) {
    String boundary = "";
    List<Call> calls = new ArrayList<>();
    for (List<String> words : lines(text.substring(text.lastIndexOf(MAIN) + MAIN.length()))) {
      String first = words.get(0);
      switch (first) {
        case "begin" -> boundary = words.get(1);
        case "at_most" -> {}
        case "finish" -> {
          return new HostScript(boundary, calls);
        }
        case "alone", "job" ->
            calls.add(new Call(words.get(1), words.get(2), words.subList(3, words.size())));
        default -> calls.add(new Call("host", first, words.subList(1, words.size())));
      }
    }
    throw new IllegalArgumentException("no host script: it never finishes");
  }

  /** The words of each line, as a shell parts them; a quoted word may hold line breaks. */
  private static List<List<String>> lines(String text) {
    List<List<String>> lines = new ArrayList<>();
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'') {
        quoted = !quoted;
        inWord = true;
      } else if (!quoted && c == '\\') {
        word.append(text.charAt(++i));
        inWord = true;
      } else if (!quoted && (c == ' ' || c == '\n')) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
        if (c == '\n' && !words.isEmpty()) {
          lines.add(List.copyOf(words));
          words.clear();
        }
      } else {
        word.append(c);
        inWord = true;
      }
    }
    return lines;
  }
}
