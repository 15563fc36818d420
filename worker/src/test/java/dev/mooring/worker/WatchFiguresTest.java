package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.metrics.PrometheusText;
import dev.mooring.metrics.Sample;
import dev.mooring.runbook.watch.Diagnosis;
import dev.mooring.runbook.watch.DiagnosisKind;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchFiguresTest {
  private static final ClusterName STRAIT = new ClusterName("strait");
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  @Test
  void each_diagnosis_that_is_open_is_one() {
    WatchState state =
        new WatchState(
            NOW,
            List.of(),
            List.of(),
            List.of(new Diagnosis(DiagnosisKind.PRIMARY_DOWN, "strait", "it is", "mend it", NOW)));
    assertThat(PrometheusText.of(WatchFigures.samples(STRAIT, state)))
        .contains(
            "mooring_diagnosis{cluster=\"strait\",diagnosis=\"primary-down\",level=\"critical\",subject=\"strait\"} 1");
  }

  @Test
  void the_last_look_at_a_site_is_a_time() {
    LastLooks looks = new LastLooks(Clock.fixed(NOW, ZoneOffset.UTC));
    looks.saw(STRAIT, new SiteName("east"));
    looks.saw(STRAIT, new SiteName("east"));
    assertThat(looks.all()).hasSize(1);
    assertThat(looks.all().get(0).value()).isEqualTo(Sample.seconds(NOW));
  }
}
