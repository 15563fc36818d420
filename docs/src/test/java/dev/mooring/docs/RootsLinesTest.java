package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No line that a page gives to root, or to a superuser, runs what another one can replace. */
class RootsLinesTest {
  private static final String AS_ACCOUNT = "/usr/sbin/runuser -u postgres -- ";
  private static final String PATH = "```sql\nSET search_path = pg_catalog, pg_temp;\n";

  @Test
  void no_unit_runs_as_root_what_the_servers_account_owns() throws IOException {
    List<String> run = found("(?m)^\\s*Exec[A-Za-z]+=.*/var/lib/mooring.*$");
    assertThat(run).isNotEmpty();
    assertThat(run).allMatch(line -> line.split("=", 2)[1].startsWith(AS_ACCOUNT));
  }

  /** By the path that a database's owner set, a name may be any role's function or operator. */
  @Test
  void no_statement_of_a_superuser_finds_a_name_by_the_path() throws IOException {
    assertThat(found("`SELECT (\\* FROM )?(pg|gp)_(?!catalog\\.)[^`]*`"))
        .allMatch(question -> question.contains("pg_is_in_recovery()"));
    assertThat(found("(?s)```sql\n[^`]*```"))
        .isNotEmpty()
        .allMatch(block -> !block.contains("\nSELECT") || block.startsWith(PATH));
    assertThat(found("(?s)```yaml\n[^`]*```"))
        .isNotEmpty()
        .allMatch(block -> !block.matches("(?s).*SELECT (?!pg_catalog\\.).*"));
    assertThat(found("(?m)^GRANT EXECUTE ON FUNCTION .*$"))
        .isNotEmpty()
        .allMatch(line -> line.matches("GRANT EXECUTE ON FUNCTION (pg_catalog\\.[^.]*)+"));
  }

  private static List<String> found(String like) throws IOException {
    Pattern pattern = Pattern.compile(like);
    try (Stream<Path> pages = Files.walk(Path.of("."))) {
      return pages
          .filter(page -> page.toString().endsWith(".md"))
          .flatMap(page -> pattern.matcher(text(page)).results().map(MatchResult::group))
          .toList();
    }
  }

  private static String text(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
