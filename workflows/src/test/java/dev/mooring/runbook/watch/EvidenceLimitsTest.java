package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ConsumePolicy;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Restore points are published every 5 min and wait 30 s for the archive; a consume may take 5 min.
 */
class EvidenceLimitsTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Cluster BY_THE_CLOCK =
      Harbour.cluster(2, "west, consume: onPublish", "west, consume: manual");

  private static List<EvidenceAges> ages(Cluster cluster, Duration point, Duration proof) {
    return List.of(new EvidenceAges(cluster.policies().evidence(), point, proof));
  }

  private static Cluster every(Duration interval) {
    return Altered.of(
        BY_THE_CLOCK,
        "policies.consume",
        new ConsumePolicy(
            Duration.ofMinutes(5),
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            List.of(interval)));
  }

  @Test
  void each_site_that_may_publish_judges_latest_and_a_site_that_consumes_its_proof() {
    Cluster strait = Harbour.strait();
    for (String site : List.of("east", "west")) {
      assertThat(EvidenceLimits.at(strait, new SiteName(site)))
          .isEqualTo(ages(strait, Duration.ofSeconds(630), NONE));
    }
    assertThat(EvidenceLimits.at(strait, new SiteName("deep")))
        .isEqualTo(ages(strait, NONE, Duration.ofMinutes(20)));
  }

  @Test
  void a_site_that_consumes_by_the_clock_counts_its_own_interval_or_that_of_publishing_if_longer() {
    assertThat(EvidenceLimits.at(every(Duration.ofHours(1)), Harbour.WEST))
        .isEqualTo(ages(BY_THE_CLOCK, NONE, Duration.ofMinutes(130)));
    assertThat(EvidenceLimits.at(every(Duration.ofMinutes(1)), Harbour.WEST))
        .isEqualTo(ages(BY_THE_CLOCK, NONE, Duration.ofMinutes(20)));
  }

  @Test
  void a_site_without_an_interval_of_its_own_consumes_as_often_as_points_are_published() {
    assertThat(EvidenceLimits.at(BY_THE_CLOCK, Harbour.WEST))
        .isEqualTo(ages(BY_THE_CLOCK, NONE, Duration.ofMinutes(20)));
  }
}
