package dev.mooring.dev.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Text becomes shell, SQL or configuration in {@code dev.mooring.quoting} and nowhere else. */
class QuotedInOnePlaceTest {
  private static final List<Pattern> BY_HAND =
      List.of(
          // a quote that is doubled or escaped
          Pattern.compile("\\.replace(All)?\\(\\s*(\"'\"|'\\\\'')"),
          // a value put between quotes in a statement
          Pattern.compile("\"\\s*(SELECT|SET|ALTER|GRANT|INSERT|UPDATE|DELETE)\\b[^\"]*'\"\\s*\\+"),
          Pattern.compile("(?s)\"\"\"\\s*(SELECT|SET|ALTER|GRANT)\\b((?!\"\"\").)*'%s'"),
          // a percent sign that is doubled for PostgreSQL
          Pattern.compile("\\.replace\\(\\s*\"%\"\\s*,\\s*\"%%\""));

  @Test
  void nothing_else_quotes() throws IOException {
    List<String> found = new ArrayList<>();
    int read = 0;
    for (String module : List.of("workflows", "activities", "worker", "starter")) {
      try (Stream<Path> files =
          Files.walk(Product.directory().resolve(module + "/src/main/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          read++;
          if (!file.toString().contains("/dev/mooring/quoting/")) {
            found.addAll(byHand(file.toString(), Files.readString(file)));
          }
        }
      }
    }
    assertThat(read).isPositive();
    assertThat(found).isEmpty();
  }

  @Test
  void what_quotes_by_hand_is_found() {
    assertThat(byHand("a", "text.replace(\"'\", \"''\")")).hasSize(1);
    assertThat(byHand("b", "\"SELECT f('\" + name + \"')\"")).hasSize(1);
    assertThat(byHand("c", "\"\"\"\n  SELECT f('%s')\n  \"\"\"")).hasSize(1);
    assertThat(byHand("d", "path.replace(\"%\", \"%%\")")).hasSize(1);
    assertThat(byHand("e", "\"SELECT \" + SqlText.literal(name)")).isEmpty();
  }

  private static List<String> byHand(String file, String text) {
    return BY_HAND.stream()
        .filter(pattern -> pattern.matcher(text).find())
        .map(pattern -> file + " quotes by hand, use dev.mooring.quoting: " + pattern)
        .toList();
  }
}
