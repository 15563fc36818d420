package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.watch.DiagnosisKind;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of docs/operations/alerts.md, as the real promtool reads and tries them. */
@Tag("all")
class AlertRulesIT {
  private static final Pattern RULES = Pattern.compile("(?s)```yaml\n(groups:.*?)```");
  private static final Pattern ALERT = Pattern.compile("(?m)^ *- alert: (\\w+)$");
  private static final Pattern USED = Pattern.compile("mooring_[a-z_]+");

  private static final String SERIES =
      """
      {series: 'mooring_diagnosis{cluster="a",diagnosis="%s",level="%s",subject="s"}', values: 1x15}
      """;
  private static final String PAGE =
      """
      {exp_labels: {cluster: a, diagnosis: %1$s, subject: s, severity: page},
       exp_annotations: {summary: "a: %1$s (s)", remedy: mooring monitor a}}
      """;
  private static final String TICKET =
      PAGE.replace("page", "ticket").replace("(s)", "(s) for 10 minutes");

  @TempDir Path directory;

  @Test
  void are_accepted_and_each_of_them_fires_and_stays_silent() throws Exception {
    String rules = rules();
    String tests;
    try (InputStream stored = getClass().getResourceAsStream("alert-rules-test.yaml")) {
      tests =
          new String(Objects.requireNonNull(stored).readAllBytes(), StandardCharsets.UTF_8)
              + diagnoses();
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

  private static String diagnoses() {
    return String.format(
        """
          - name: each diagnosis fires by its level
            interval: 1m
            input_series: [%s]
            alert_rule_test:
              - eval_time: 15m
                alertname: MooringDiagnosis
                exp_alerts: [%s]
              - eval_time: 15m
                alertname: MooringDiagnosisLasts
                exp_alerts: [%s]
        """,
        each(SERIES, kind -> true),
        each(PAGE, kind -> kind.verdict() == Judged.WRONG),
        each(TICKET, kind -> kind.verdict() == Judged.WARNING));
  }

  private static String each(String form, Predicate<DiagnosisKind> which) {
    return Stream.of(DiagnosisKind.values())
        .filter(which)
        .map(kind -> form.formatted(kind.id(), kind.verdict().level()))
        .collect(Collectors.joining(","));
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
