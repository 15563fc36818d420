package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.metrics.Metric;
import dev.mooring.metrics.Sample;
import dev.mooring.topology.ClusterName;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeenSamplesTest {
  private final SeenSamples samples = new SeenSamples();

  @Test
  void of_a_time_the_newest_counts_whatever_was_seen_last() {
    samples.saw(List.of(Metric.PROVED.at(20, "a", "west")));
    samples.saw(List.of(Metric.PROVED.at(10, "a", "west"), Metric.PROVED.at(5, "a", "north")));

    assertThat(samples.all())
        .containsExactlyInAnyOrder(
            Metric.PROVED.at(20, "a", "west"), Metric.PROVED.at(5, "a", "north"));
  }

  @Test
  void of_all_else_what_was_seen_last() {
    samples.saw(List.of(Metric.POINTS_BEHIND.at(3, "a", "west")));
    samples.saw(List.of(Metric.POINTS_BEHIND.at(0, "a", "west")));

    assertThat(samples.all()).containsExactly(Metric.POINTS_BEHIND.at(0, "a", "west"));
  }

  @Test
  void a_clusters_reference_figures_replace_those_before() {
    Sample before = new Sample("n_status_code", "", List.of(new Sample.Label("status", "x")), -1);
    Sample after = new Sample("n_status_code", "", List.of(new Sample.Label("status", "y")), 1);
    samples.sawReference(new ClusterName("a"), List.of(before));
    samples.sawReference(new ClusterName("a"), List.of(after));

    assertThat(samples.all()).containsExactly(after);
  }
}
