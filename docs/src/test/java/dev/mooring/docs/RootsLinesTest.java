package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No line that a page gives to root runs what another account can replace. */
class RootsLinesTest {
  private static final String AS_ACCOUNT = "/usr/sbin/runuser -u postgres -- ";

  @Test
  void no_unit_runs_as_root_what_the_servers_account_owns() throws IOException {
    List<String> run = lines("Exec[A-Za-z]+=.*/var/lib/mooring.*");
    assertThat(run).isNotEmpty();
    assertThat(run).allMatch(line -> line.split("=", 2)[1].startsWith(AS_ACCOUNT));
  }

  private static List<String> lines(String like) throws IOException {
    try (Stream<Path> pages = Files.walk(Path.of("."))) {
      return pages
          .filter(page -> page.toString().endsWith(".md"))
          .flatMap(RootsLinesTest::linesOf)
          .filter(line -> line.matches(like))
          .toList();
    }
  }

  private static Stream<String> linesOf(Path page) {
    try {
      return Files.readAllLines(page).stream().map(String::strip);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
