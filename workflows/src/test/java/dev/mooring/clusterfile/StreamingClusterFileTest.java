package dev.mooring.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.Follows;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.SiteName;
import dev.mooring.topology.StreamingPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The file of a cluster that streams. */
class StreamingClusterFileTest {

  @Test
  void of_a_cluster_that_streams_any_instance_but_the_moored_ones_may_be_the_primary() {
    Cluster strait = Files.cluster(Files.STRAIT);

    assertThat(strait.members().stream().map(member -> member.id().value()))
        .containsExactly("east-0", "east-1", "west-0", "west-1");
    assertThat(strait.site(new SiteName("deep")).orElseThrow().follows())
        .isEqualTo(Follows.RESTORE_POINTS);
    assertThat(strait.members().stream().map(Instance::upstream))
        .containsExactly("", Instance.ARCHIVE, "", "west-0");
    assertThat(Files.cluster(Files.PIER).members()).isEmpty();
  }

  @Test
  void fills_in_every_default_of_a_cluster_that_streams() {
    String whole = Files.STRAIT;
    String bare =
        whole.substring(0, whole.indexOf("replication:")) + "replication: {password: env:SECRET}\n";

    StreamingPolicy policy = Files.cluster(bare).streaming().orElseThrow();

    assertThat(policy)
        .isEqualTo(
            new StreamingPolicy(
                new StreamingPolicy.Replication(
                    "mooring_replication",
                    new SecretReference("env:SECRET"),
                    "verify-full",
                    "/etc/mooring/ca.pem",
                    StreamingPolicy.Commit.ON,
                    new StreamingPolicy.Synchronous(
                        StreamingPolicy.Synchronous.Method.NONE, 0, List.of()),
                    new StreamingPolicy.Limits(16 << 20, 8)),
                new StreamingPolicy.Switchover(Duration.ofSeconds(20), Duration.ofSeconds(15)),
                new StreamingPolicy.Resilver(true, 0, Duration.ofHours(1), 1),
                List.of()));
  }

  @Test
  void the_publishing_site_is_found_beside_sites_that_stream_and_consume() {
    String unsaid = Files.edited(Files.STRAIT, "publish: {site: east}", "");

    assertThat(Files.cluster(unsaid)).isEqualTo(Files.cluster(Files.STRAIT));
  }
}
