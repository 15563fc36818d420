package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The page failure-modes.md: a row for each fault of the catalogue that a runbook answers for, and
 * how each row is shown: really, emulated, or not, and by which test.
 */
class FailureModesPageTest {
  private static final int COLUMNS = 6;
  private static final Pattern LABEL =
      Pattern.compile("(real\\b|emulated by [^:]+:|not shown, because ).+");
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))`( \\(all\\))?");

  private static final Set<String> OWNED =
      IntStream.rangeClosed(1, 54)
          .mapToObj(String::valueOf)
          .collect(Collectors.toCollection(TreeSet::new));

  /** Those that a failover answers for; the others are of moves and heals that somebody plans. */
  private static final Set<String> OF_FAILOVER =
      OWNED.stream()
          .filter(number -> !Set.of("39", "40", "48", "49").contains(number))
          .collect(Collectors.toCollection(TreeSet::new));

  /** Several numbers that come to one row. */
  private static final Pattern SEVERAL = Pattern.compile("\\(([0-9]+(?:, [0-9]+)+)\\)");

  /** A row's cells, the first is its number or a dot. */
  private record Row(List<String> cells) {
    String number() {
      return cells.get(0);
    }

    /** Its own number, and those in brackets beside the fault. */
    Stream<String> numbers() {
      return Stream.concat(
          Stream.of(number()),
          SEVERAL
              .matcher(cells.get(1))
              .results()
              .flatMap(found -> Stream.of(found.group(1).split(", "))));
    }

    boolean isOfFailover() {
      return String.join(" ", cells).toLowerCase(Locale.ROOT).contains("failover");
    }

    String shownBy() {
      return cells.get(COLUMNS - 1);
    }

    @Override
    public String toString() {
      return number() + ": " + shownBy();
    }
  }

  private static List<Row> rows() throws IOException {
    return Files.readAllLines(Path.of("failure-modes.md")).stream()
        .filter(line -> line.startsWith("| "))
        .map(line -> new Row(List.of(line.substring(2, line.length() - 2).split(" \\| ", -1))))
        .skip(2)
        .toList();
  }

  @Test
  void each_fault_that_publish_and_consume_answer_for_has_a_row() throws IOException {
    assertThat(rows().stream().map(Row::number).filter(number -> !number.equals(".")))
        .containsAll(OWNED)
        .isSubsetOf(OWNED);
  }

  @Test
  void each_fault_that_a_failover_answers_for_has_a_row_of_one() throws IOException {
    assertThat(rows().stream().filter(Row::isOfFailover).flatMap(Row::numbers))
        .containsAll(OF_FAILOVER);
  }

  @Test
  void each_row_says_what_is_seen_what_is_guaranteed_what_to_do_and_how_it_is_shown()
      throws IOException {
    for (Row row : rows()) {
      assertThat(row.cells()).as(row.number()).hasSize(COLUMNS).noneMatch(String::isBlank);
      assertThat(row.shownBy()).as(row.number()).matches(LABEL);
      if (!row.shownBy().startsWith("not shown")) {
        assertThat(named(row)).as("tests named by row %s", row).isNotEmpty();
      }
    }
  }

  @Test
  void the_tests_they_name_are_there() throws IOException {
    ServerTests tests = new ServerTests();
    List<String> lacking = new ArrayList<>();
    for (Row row : rows()) {
      NAMED
          .matcher(row.shownBy())
          .results()
          .flatMap(found -> tests.problem(found.group(1), found.group(2) != null).stream())
          .forEach(what -> lacking.add(row.number() + ": " + what));
    }
    assertThat(lacking).isEmpty();
  }

  private static List<String> named(Row row) {
    return NAMED.matcher(row.shownBy()).results().map(found -> found.group(1)).toList();
  }
}
