package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of docs/operations/alerts.md, as the real promtool reads and tries them. */
@Tag("all")
class AlertRulesIT {
  private static final Pattern RULES = Pattern.compile("(?s)```yaml\n(groups:.*?)```");
  private static final Pattern ALERT = Pattern.compile("(?m)^ *- alert: (\\w+)$");
  private static final Pattern USED = Pattern.compile("mooring_[a-z_]+");

  @TempDir Path directory;

  @Test
  void are_accepted_and_each_of_them_fires_and_stays_silent() throws Exception {
    String rules = rules();
    String tests;
    try (InputStream stored = getClass().getResourceAsStream("alert-rules-test.yaml")) {
      tests = new String(Objects.requireNonNull(stored).readAllBytes(), StandardCharsets.UTF_8);
    }
    Files.writeString(directory.resolve("rules.yaml"), rules);
    Files.writeString(directory.resolve("tests.yaml"), tests);

    List<String> alerts = ALERT.matcher(rules).results().map(m -> m.group(1)).toList();
    assertThat(Promtool.accepts(directory, "check", "rules", "rules.yaml"))
        .contains(alerts.size() + " rules found");
    assertThat(Promtool.accepts(directory, "test", "rules", "tests.yaml")).contains("SUCCESS");
    assertThat(alerts)
        .allMatch(alert -> tests.contains("{eval_time: 3h, alertname: " + alert + "}"))
        .allMatch(alert -> tests.contains("        alertname: " + alert + "\n        exp_alerts:"));
  }

  @Test
  void speak_of_metrics_that_the_reference_has() throws Exception {
    String reference = Files.readString(Path.of("..", "docs", "reference", "metrics.md"));

    assertThat(USED.matcher(rules()).results().map(m -> m.group()).distinct())
        .isNotEmpty()
        .allMatch(name -> reference.contains("| `" + name + "` |"));
  }

  private static String rules() throws Exception {
    Matcher page =
        RULES.matcher(Files.readString(Path.of("..", "docs", "operations", "alerts.md")));
    assertThat(page.find()).isTrue();
    return page.group(1);
  }
}
