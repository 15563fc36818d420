package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.check.CheckStep;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.failback.FailbackStep;
import dev.mooring.runbook.failover.FailoverStep;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.runbook.replication.ReplicationStep;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.runbook.startprimary.StartStep;
import dev.mooring.runbook.status.StatusStep;
import dev.mooring.runbook.switchover.SwitchoverStep;
import dev.mooring.runbook.watch.DiagnosisKind;
import dev.mooring.runbook.watch.WatchStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The runbook pages list the steps that the runbooks take, in their words and their order. */
class RunbookPagesTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z_]{4,}) \\| (.+) \\|$");

  private static final Pattern WORD = Pattern.compile("\\s+");
  private static final Predicate<String> IS_READ = Pattern.compile("[A-Za-z0-9]").asPredicate();
  private static final int WORDS = 900;

  @Test
  void publish_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("publish")).isEqualTo(steps(PublishStep.values()));
  }

  @Test
  void consume_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("consume")).isEqualTo(steps(ConsumeStep.values()));
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
  void replication_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("replication")).isEqualTo(steps(ReplicationStep.values()));
  }

  @Test
  void resilver_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("resilver")).isEqualTo(steps(ResilverStep.values()));
  }

  @Test
  void switchover_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("switchover")).isEqualTo(steps(SwitchoverStep.values()));
  }

  @Test
  void failback_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("failback")).isEqualTo(steps(FailbackStep.values()));
  }

  @Test
  void failover_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("failover")).isEqualTo(steps(FailoverStep.values()));
  }

  @Test
  void start_primary_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("start-primary")).isEqualTo(steps(StartStep.values()));
  }

  @Test
  void replication_watch_lists_the_steps_of_the_enum() throws IOException {
    assertThat(rows("replication-watch")).isEqualTo(steps(WatchStep.values()));
  }

  @Test
  void replication_watch_lists_every_diagnosis_whose_page_is_there() throws IOException {
    String text = Files.readString(Path.of("runbooks", "replication-watch.md"));
    List<String> listed =
        Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (critical|warning) \\|")
            .matcher(text)
            .results()
            .map(row -> row.group(1) + " " + row.group(2))
            .toList();
    assertThat(listed)
        .isEqualTo(
            Arrays.stream(DiagnosisKind.values())
                .map(kind -> kind.id() + " " + kind.level().name().toLowerCase(Locale.ROOT))
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
