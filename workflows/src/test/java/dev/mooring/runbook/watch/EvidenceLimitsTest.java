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

/** Restore points are published every 5 min, and a consume may take 5 min. */
class EvidenceLimitsTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Cluster BY_HAND =
      Harbour.cluster(2, "west, consume: onPublish", "west, consume: manual");

  private static List<EvidenceAges> ages(Cluster cluster, Duration point, Duration proof) {
    return List.of(new EvidenceAges(cluster.policies().evidence(), point, proof));
  }

  @Test
  void the_publishing_site_judges_latest_and_a_site_that_consumes_its_proof() {
    Cluster strait = Harbour.strait();
    assertThat(EvidenceLimits.at(strait, new SiteName("east")))
        .isEqualTo(ages(strait, Duration.ofMinutes(10), NONE));
    assertThat(EvidenceLimits.at(strait, new SiteName("west"))).isEmpty();
    assertThat(EvidenceLimits.at(strait, new SiteName("deep")))
        .isEqualTo(ages(strait, NONE, Duration.ofMinutes(15)));
  }

  @Test
  void a_site_that_consumes_by_the_clock_counts_its_own_interval() {
    Cluster hourly =
        Altered.of(
            BY_HAND,
            "policies.consume",
            new ConsumePolicy(
                Duration.ofMinutes(5), Duration.ofSeconds(5), List.of(Duration.ofHours(1))));
    assertThat(EvidenceLimits.at(hourly, Harbour.WEST))
        .isEqualTo(ages(hourly, NONE, Duration.ofMinutes(125)));
  }

  @Test
  void a_site_that_a_person_consumes_has_no_limit() {
    assertThat(EvidenceLimits.at(BY_HAND, Harbour.WEST)).isEmpty();
  }
}
