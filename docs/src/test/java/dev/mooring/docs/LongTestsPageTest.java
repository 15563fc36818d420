package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page long-tests.md: a row for every class with a test that a plain {@code verify} leaves out,
 * and no other. What it says of the last run is written by who ran it; that it has the form of one
 * is checked.
 */
class LongTestsPageTest {
  private static final Path PAGE = Path.of("long-tests.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (\\w+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$");
  private static final Pattern PASSED = Pattern.compile("[1-9][0-9]* passed");
  private static final String NOT_YET = "not run yet";
  private static final String HEAD = "class";
  private static final Pattern EXTENDS = Pattern.compile("(?m)^.*\\bclass (\\w+) extends (\\w+)");
  private static final Pattern TAG = Pattern.compile("(?m)^\\s*@Tag\\(\"long\"\\)");

  /** What the page says of a class. */
  record Row(String name, String what, String result, String seconds, String date) {
    /** That all of its tests passed when they last ran. */
    boolean showed(String test) {
      return name.equals(test) && PASSED.matcher(result).matches();
    }
  }

  static List<Row> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGE))
        .results()
        .map(row -> new Row(row.group(1), row.group(2), row.group(3), row.group(4), row.group(5)))
        .filter(row -> !row.name().equals(HEAD))
        .toList();
  }

  @Test
  void every_class_tagged_long_has_a_row_and_no_other() throws IOException {
    Set<String> tagged = new TreeSet<>();
    Map<String, String> above = new TreeMap<>();
    for (String source : FeaturesPageTest.files("src/test/java", ".java")) {
      String text = Files.readString(Path.of(source));
      EXTENDS.matcher(text).results().forEach(at -> above.put(at.group(1), at.group(2)));
      if (TAG.matcher(text).find()) {
        assertThat(source)
            .as("only server tests may be left out of a plain verify")
            .startsWith("../temporal-dev/");
        tagged.add(Path.of(source).getFileName().toString().replace(".java", ""));
      }
    }
    Set<String> classes = new TreeSet<>();
    for (String name : tagged) {
      Set<String> run = ofServers(name, above);
      assertThat(run).as("server tests that " + name + " is part of").isNotEmpty();
      classes.addAll(run);
    }
    assertThat(rows().stream().map(Row::name)).containsExactlyElementsOf(classes);
  }

  /** Server tests end so; a class above one is no test by itself. */
  private static Set<String> ofServers(String name, Map<String, String> above) {
    if (name.endsWith("IT")) {
      return Set.of(name);
    }
    Set<String> below = new TreeSet<>();
    above.forEach(
        (one, parent) -> {
          if (parent.equals(name)) {
            below.addAll(ofServers(one, above));
          }
        });
    return below;
  }

  @Test
  void every_row_has_the_last_run_or_says_that_there_was_none() throws IOException {
    for (Row row : rows()) {
      if (row.result().equals(NOT_YET)) {
        assertThat(List.of(row.seconds(), row.date())).as(row.name()).containsOnly("-");
      } else {
        assertThat(row.result()).as(row.name()).matches("\\d+ passed(, \\d+ failed)?");
        assertThat(Long.parseLong(row.seconds())).as(row.name()).isPositive();
        assertThat(LocalDate.parse(row.date())).as(row.name()).isAfter(LocalDate.of(2026, 1, 1));
      }
    }
  }
}
