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
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pages of failure-modes: each fault of the catalogue has a row, and each row says how it is
 * shown: really, emulated, or not, and by which test.
 */
class FailureModesPageTest {
  private static final Path PAGES = Path.of("failure-modes");
  private static final int WORDS = 1500;

  private static final Pattern LABEL =
      Pattern.compile("(real\\b|emulated by [^:]+:|not shown, because ).+");
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))`( \\(all\\))?");

  /** Tests of a failover, of what it rests on, and of who starts or writes after one. */
  private static final Predicate<String> OF_FAILOVERS =
      Pattern.compile("^(Failover|FenceCommand|Witness|StartPrimary|AfterGivenUpMove|Replay)")
          .asPredicate();

  private static final Set<String> OWNED =
      IntStream.rangeClosed(1, 54)
          .mapToObj(String::valueOf)
          .collect(Collectors.toCollection(TreeSet::new));

  /**
   * Those that a failover answers for; the others are of moves and resilvers that a person plans.
   */
  private static final Set<String> OF_FAILOVER =
      OWNED.stream()
          .filter(number -> !Set.of("39", "40", "48", "49").contains(number))
          .collect(Collectors.toCollection(TreeSet::new));

  /** A line of the first table of a page, and the one of its second table with the same id. */
  private record Row(String page, List<String> fault, List<String> shown) {
    static final int FAULT_CELLS = 5;
    static final int SHOWN_CELLS = 3;

    String id() {
      return fault.get(0);
    }

    Stream<String> numbers() {
      return Stream.of(shown.get(1).split(", ")).filter(number -> !number.equals("-"));
    }

    /** Names a failover, and is shown in one, or with a reason not. */
    boolean isOfFailover() {
      return page.startsWith("failover")
          || (String.join(" ", fault).toLowerCase(Locale.ROOT).contains("failover")
              && (shownBy().startsWith("not shown")
                  || named(this).stream().anyMatch(OF_FAILOVERS)));
    }

    String shownBy() {
      return shown.get(SHOWN_CELLS - 1);
    }

    @Override
    public String toString() {
      return id() + ": " + shownBy();
    }
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    try (Stream<Path> pages = Files.list(PAGES)) {
      for (Path page : pages.sorted().toList()) {
        rows.addAll(rowsOf(page));
      }
    }
    return rows;
  }

  private static List<Row> rowsOf(Path page) throws IOException {
    List<List<String>> lines =
        Files.readAllLines(page).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| ---"))
            .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ", -1)))
            .filter(cells -> !cells.get(0).equals("id"))
            .toList();
    int half = lines.size() / 2;
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < half; i++) {
      rows.add(new Row(page.getFileName().toString(), lines.get(i), lines.get(half + i)));
    }
    assertThat(lines).as("lines of both tables of %s", page).hasSize(2 * half);
    return rows;
  }

  @Test
  void each_fault_of_the_catalogue_has_a_row() throws IOException {
    assertThat(rows().stream().flatMap(Row::numbers)).containsAll(OWNED).isSubsetOf(OWNED);
  }

  @Test
  void each_fault_that_a_failover_answers_for_has_a_row_of_one() throws IOException {
    assertThat(rows().stream().filter(Row::isOfFailover).flatMap(Row::numbers))
        .containsAll(OF_FAILOVER);
  }

  @Test
  void each_row_says_what_is_seen_what_is_guaranteed_what_to_do_and_how_it_is_shown()
      throws IOException {
    assertThat(rows()).extracting(Row::id).doesNotHaveDuplicates();
    for (Row row : rows()) {
      assertThat(row.fault()).as(row.id()).hasSize(Row.FAULT_CELLS).noneMatch(String::isBlank);
      assertThat(row.shown()).as(row.id()).hasSize(Row.SHOWN_CELLS).startsWith(row.id());
      assertThat(row.shownBy()).as(row.id()).matches(LABEL);
      if (!row.shownBy().startsWith("not shown")) {
        assertThat(named(row)).as("tests named by row %s", row).isNotEmpty();
      }
    }
  }

  /** A person at night reads all of a page. */
  @Test
  void no_page_is_longer_than_a_person_reads() throws IOException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      for (Path page : pages.toList()) {
        assertThat(Files.readString(page).split("\\s+").length)
            .as("words of %s", page)
            .isLessThan(WORDS);
      }
    }
  }

  @Test
  void the_first_page_leads_to_all_others() throws IOException {
    String first = Files.readString(Path.of("failure-modes.md"));
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages).allMatch(page -> first.contains("](" + page + ")"));
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
          .forEach(what -> lacking.add(row.id() + ": " + what));
    }
    assertThat(lacking).isEmpty();
  }

  private static List<String> named(Row row) {
    return NAMED.matcher(row.shownBy()).results().map(found -> found.group(1)).toList();
  }
}
