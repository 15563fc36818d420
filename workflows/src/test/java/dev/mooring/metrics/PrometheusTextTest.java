package dev.mooring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
  @Test
  void says_help_and_type_once_for_all_samples_of_a_name() {
    List<Sample> samples =
        List.of(
            Metric.PROVED.at(Sample.seconds(Instant.ofEpochMilli(1_795_250_163_984L)), "a", "west"),
            Metric.STATUS_LEVEL.at(2, "a"),
            Metric.PROVED.at(1_795_250_000, "a", "north"));

    assertThat(PrometheusText.of(samples))
        .isEqualTo(
            """
            # HELP mooring_proved_timestamp_seconds When the site was last proved to be moored.
            # TYPE mooring_proved_timestamp_seconds gauge
            mooring_proved_timestamp_seconds{cluster="a",site="west"} 1795250163.984
            mooring_proved_timestamp_seconds{cluster="a",site="north"} 1795250000
            # HELP mooring_status_level The worst that status found: 0 nothing, 1 a warning, 2 critical.
            # TYPE mooring_status_level gauge
            mooring_status_level{cluster="a"} 2
            """);
  }

  @Test
  void escapes_what_would_end_a_value() {
    Sample odd =
        new Sample("x", "a\nb", List.of(new Sample.Label("l", "q\"b\\n\nend")), Double.NaN);

    assertThat(PrometheusText.of(List.of(odd)))
        .isEqualTo("# HELP x a\\nb\n# TYPE x gauge\nx{l=\"q\\\"b\\\\n\\nend\"} NaN\n");
  }

  @Test
  void a_metric_has_all_of_its_labels() {
    assertThatThrownBy(() -> Metric.PROVED.at(1, "a"))
        .hasMessage("mooring_proved_timestamp_seconds has the labels [cluster, site]");
  }
}
