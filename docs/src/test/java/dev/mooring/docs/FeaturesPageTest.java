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
import org.junit.jupiter.api.Test;

/**
 * The page features.md: each feature is shown by test classes that exist and have tests. A class
 * with "(all)" behind it has tests that run with {@code temporal-dev/verify --all} alone. How fast
 * something is no test shows: such a row names the page of figures instead.
 */
class FeaturesPageTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([A-Z]\\d+) \\| ([^|]+) \\| ([^|]+) \\|$");
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
    String page = Files.readString(Path.of("features.md"));
    assertThat(page.lines().filter(line -> line.matches("\\| [A-Z]\\d.*")))
        .as("rows that are read")
        .isNotEmpty()
        .allMatch(line -> ROW.matcher(line).matches());
    Matcher row = ROW.matcher(page);
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
}
