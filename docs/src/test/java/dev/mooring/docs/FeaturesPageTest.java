package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The page features.md: each feature is shown by test classes that exist and have tests. A class
 * with "(all)" behind it has tests that run with {@code temporal-dev/verify --all} alone. How fast
 * something is no test shows: such a row names the page of figures instead.
 */
class FeaturesPageTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([A-Z]\\d+) \\| ([^|]+) \\| ([^|]+) \\|$");
  private static final List<String> RESILVER =
      List.of(
          "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T11", "H17", "H19", "S12", "T34",
          "S11");
  private static final List<String> REPLICATION =
      List.of(
          "R1", "R2", "R3", "R4", "R13", "R11", "H8", "T21", "T10", "T26", "T27", "S1", "S5", "R15",
          "H4");
  private static final List<String> FAILOVER =
      List.of(
          "S2", "H1", "S3", "H7", "T12", "T13", "T14", "T15", "R7", "R8", "H14", "S16", "T29",
          "H16", "T30", "R14");
  private static final List<String> START = List.of("S4", "S7", "S8", "S9", "S10", "T17");
  private static final List<String> PATRONI = List.of("H6", "H9", "H10", "H18");
  private static final List<String> REPAIRS = List.of("U1", "U5");
  private static final List<String> OWNED =
      Stream.concat(
              IntStream.rangeClosed(1, 46).mapToObj(number -> "W" + number),
              Stream.of(
                      List.of("H11", "H12", "H15", "T31", "T16", "T28", "T33", "S18"),
                      RESILVER,
                      REPLICATION,
                      FAILOVER,
                      START,
                      PATRONI,
                      REPAIRS)
                  .flatMap(List::stream))
          .toList();
  private static final String ALL = " (all)";
  private static final Map<String, String> MEASURED =
      Map.of(
          "W45", "[performance.md](performance.md#publish-and-consume)",
          "T30", "[performance.md](performance.md#a-failover)",
          "R14", "[performance.md](performance.md#a-failover)");

  @Test
  void every_feature_is_shown_by_a_test_that_is_there() throws IOException {
    ServerTests tests = new ServerTests();
    List<String> lacking = new ArrayList<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("features.md")));
    while (row.find()) {
      if (row.group(3).equals(MEASURED.get(row.group(1)))) {
        continue;
      }
      for (String cell : row.group(3).split(", ", -1)) {
        String name = cell.strip().replace(ALL, "");
        tests
            .problem(name, cell.strip().endsWith(ALL))
            .ifPresent(what -> lacking.add(row.group(1) + ": " + what));
      }
    }
    assertThat(lacking).isEmpty();
  }

  @Test
  void the_page_has_one_row_for_each_feature_owned_and_no_other() throws IOException {
    String page = Files.readString(Path.of("features.md"));
    List<String> ids = ROW.matcher(page).results().map(row -> row.group(1)).toList();

    assertThat(ids).isEqualTo(OWNED);
    assertThat(page.lines().filter(line -> line.matches("\\| [A-Z]\\d.*")))
        .as("rows that are read")
        .allMatch(line -> ROW.matcher(line).matches());
  }
}
