package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.all.RunbookClasses;
import dev.mooring.runbook.check.CheckStep;
import dev.mooring.runbook.status.StatusStep;
import dev.mooring.runbook.watch.DiagnosisKind;
import dev.mooring.runbook.watch.WatchStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The runbook pages list the steps that the runbooks take, in their words and their order. */
class RunbookPagesTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z_]{4,}) \\| (.+) \\|$");

  private static final Pattern WORD = Pattern.compile("\\s+");
  private static final Predicate<String> IS_READ = Pattern.compile("[A-Za-z0-9]").asPredicate();
  private static final int WORDS = 900;

  static List<RunbookClasses> acting() {
    return RunbookClasses.ALL;
  }

  @ParameterizedTest
  @MethodSource("acting")
  void the_page_of_a_runbook_lists_its_steps(RunbookClasses classes) throws IOException {
    assertThat(rows(classes.runbook().word())).isEqualTo(steps(classes.steps().getEnumConstants()));
  }

  @Test
  void status_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("status")).isEqualTo(steps(StatusStep.values()));
  }

  @Test
  void check_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("check")).isEqualTo(steps(CheckStep.values()));
  }

  @Test
  void replication_watch_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("replication-watch")).isEqualTo(steps(WatchStep.values()));
  }

  @Test
  void diagnoses_lists_every_diagnosis_whose_page_is_there() throws IOException {
    String text = Files.readString(Path.of("reference", "diagnoses.md"));
    List<String> listed =
        Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (critical|warning) \\|")
            .matcher(text)
            .results()
            .map(row -> row.group(1) + " " + row.group(2))
            .toList();
    assertThat(listed)
        .isEqualTo(
            Arrays.stream(DiagnosisKind.values())
                .map(kind -> kind.id() + " " + kind.verdict().level())
                .toList());
    assertThat(DiagnosisKind.values()).allMatch(kind -> Files.exists(Path.of(kind.page())));
  }

  /** A person types from it while the database is down. */
  @Test
  void the_page_of_the_night_fits_one_screen() throws IOException {
    assertThat(wordsOf(Path.of("operations", "the-primary-died.md"))).isLessThan(WORDS / 2);
  }

  @Test
  void each_page_fits_two_screens() throws IOException {
    try (Stream<Path> pages = Files.list(Path.of("runbooks"))) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
        assertThat(wordsOf(page)).as("words of %s", page).isLessThan(WORDS);
      }
    }
  }

  @Test
  void the_readme_fits_one_screen_and_a_half() throws IOException {
    assertThat(wordsOf(Path.of("..", "README.md"))).isLessThan(WORDS * 3 / 4);
  }

  private static long wordsOf(Path page) throws IOException {
    return WORD.splitAsStream(Files.readString(page)).filter(IS_READ).count();
  }

  private static List<String> rows(String page) throws IOException {
    String text = Files.readString(Path.of("runbooks", page + ".md"));
    return ROW.matcher(text).results().map(RunbookPagesTest::inWords).toList();
  }

  private static String inWords(MatchResult row) {
    return row.group(1) + ": " + row.group(2);
  }

  private static List<String> steps(Step[] steps) {
    return Arrays.stream(steps).map(step -> step.name() + ": " + step.sentence()).toList();
  }
}
