package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The page features.md: each feature is shown by test classes that exist and, in a full build, ran
 * without a failure and without a skipped test. A class with "(long)" behind it takes too long for
 * that and stands, with its last run, in long-tests.md. How fast something is no test shows: such a
 * row names the page of figures instead.
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
  private static final List<String> OWNED =
      Stream.concat(
              IntStream.rangeClosed(1, 45).mapToObj(number -> "W" + number),
              Stream.of(
                      List.of("H11", "H12", "H15", "T31", "T16", "T28", "T33", "S18"),
                      RESILVER,
                      REPLICATION,
                      FAILOVER,
                      START,
                      PATRONI)
                  .flatMap(List::stream))
          .toList();
  private static final String LONG = " (long)";
  private static final Map<String, String> MEASURED =
      Map.of(
          "W45", "[performance.md](performance.md#publish-and-consume)",
          "T30", "[performance.md](performance.md#a-failover)",
          "R14", "[performance.md](performance.md#a-failover)");
  private static final Pattern COUNTS =
      Pattern.compile(
          "<testsuite [^>]*?tests=\"(\\d+)\" errors=\"(\\d+)\" skipped=\"(\\d+)\""
              + " failures=\"(\\d+)\"");

  @Test
  void every_feature_is_shown_by_a_test_that_is_there() throws IOException {
    List<String> lacking = new ArrayList<>();
    List<String> classes = rows(lacking);
    assertThat(classes).as("test classes named by the page").isNotEmpty();
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

  @Test
  @EnabledIfEnvironmentVariable(named = "MOORING_VERIFY", matches = ".+")
  void in_a_full_build_each_of_them_ran() throws IOException {
    Instant began = buildBegan(Objects.requireNonNull(System.getenv("MOORING_VERIFY")));
    List<String> lacking = new ArrayList<>();
    for (String name : rows(new ArrayList<>())) {
      if (!ran(name, began)) {
        lacking.add(name + " has no report since " + began + " of tests that all passed");
      }
    }
    assertThat(lacking).isEmpty();
  }

  private static List<String> rows(List<String> lacking) throws IOException {
    List<String> sources = files("src/test/java", ".java");
    Matcher row = ROW.matcher(Files.readString(Path.of("features.md")));
    List<String> classes = new ArrayList<>();
    while (row.find()) {
      if (row.group(3).equals(MEASURED.get(row.group(1)))) {
        continue;
      }
      for (String cell : row.group(3).split(", ", -1)) {
        String name = cell.strip().replace(LONG, "");
        if (!cell.strip().endsWith(LONG)) {
          classes.add(name);
        } else if (LongTestsPageTest.rows().stream().noneMatch(each -> each.showed(name))) {
          lacking.add(row.group(1) + " names " + name + ", whose last run long-tests.md has not");
        }
        if (sources.stream().noneMatch(path -> path.endsWith("/" + name + ".java"))) {
          lacking.add(row.group(1) + " names " + name + ", which is not there");
        }
      }
    }
    return classes;
  }

  /** The mark of a full build ends with the second it began in. */
  static Instant buildBegan(String mark) {
    return Instant.ofEpochSecond(Long.parseLong(mark.substring(mark.lastIndexOf('.') + 1)));
  }

  /** That a class's tests ran since, and that all passed. */
  static boolean ran(String name, Instant began) throws IOException {
    for (String report : files("target", "." + name + ".xml")) {
      if (Files.getLastModifiedTime(Path.of(report)).toInstant().isBefore(began)) {
        return false;
      }
      Matcher counts = COUNTS.matcher(Files.readString(Path.of(report)));
      if (counts.find()) {
        return !counts.group(1).equals("0")
            && counts.group(2).equals("0")
            && counts.group(3).equals("0")
            && counts.group(4).equals("0");
      }
    }
    return false;
  }

  /** The paths of all modules' files below a directory whose names end so. */
  static List<String> files(String below, String ending) throws IOException {
    List<String> found = new ArrayList<>();
    for (String module : List.of("workflows", "activities", "worker", "starter", "temporal-dev")) {
      Path directory = Path.of("..", module, below);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> walk = Files.walk(directory)) {
          walk.map(Path::toString).filter(path -> path.endsWith(ending)).forEach(found::add);
        }
      }
    }
    return found;
  }
}
