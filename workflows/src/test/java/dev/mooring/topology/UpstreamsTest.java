package dev.mooring.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who follows whom, whoever is the primary. */
class UpstreamsTest {
  private static final String WEST = "id: west-0, ";
  private static final String EAST = "id: east-1, ";

  private static Upstreams of(Cluster cluster, String primary) {
    return Upstreams.of(cluster, named(cluster, primary));
  }

  private static Instance named(Cluster cluster, String id) {
    return cluster.members().stream()
        .filter(member -> member.id().value().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static Optional<String> upstream(Cluster cluster, String primary, String standby) {
    return of(cluster, primary).of(named(cluster, standby)).map(up -> up.id().value());
  }

  @Test
  void where_the_file_names_nobody_everybody_streams_from_the_primary_whoever_that_is() {
    Cluster cluster = Strait.cluster();
    assertThat(upstream(cluster, "east-0", "west-0")).contains("east-0");
    assertThat(upstream(cluster, "west-0", "east-0")).contains("west-0");
    assertThat(upstream(cluster, "west-0", "east-1")).contains("west-0");
    assertThat(upstream(cluster, "west-0", "west-0")).isEmpty();
  }

  @Test
  void a_cascade_streams_from_whom_the_file_names_also_once_that_one_was_the_primary() {
    Cluster cluster = Strait.cluster(WEST, WEST + "follows: east-0, ");
    assertThat(upstream(cluster, "east-0", "west-0")).contains("east-0");
    assertThat(upstream(cluster, "east-1", "west-0")).contains("east-0");
    assertThat(upstream(cluster, "east-1", "east-0")).contains("east-1");
    assertThat(upstream(cluster, "west-0", "east-0")).contains("west-0");
    assertThat(of(cluster, "east-1").from(named(cluster, "east-0")))
        .containsExactly(named(cluster, "west-0"));
  }

  @Test
  void one_that_the_archive_feeds_streams_from_nobody() {
    Cluster cluster = Strait.cluster(WEST, WEST + "follows: archive, ");
    assertThat(upstream(cluster, "east-0", "west-0")).isEmpty();
    assertThat(upstream(cluster, "west-0", "east-0")).contains("west-0");
    assertThat(of(cluster, "east-0").depth(named(cluster, "west-0"))).isZero();
  }

  @Test
  void a_cascade_comes_behind_whom_it_streams_from() {
    Cluster cluster = Strait.cluster(EAST, EAST + "follows: west-0, ");
    Instance cascade = named(cluster, "east-1");
    Instance above = named(cluster, "west-0");
    assertThat(of(cluster, "east-0").fromTheTop(List.of(cascade, above)))
        .containsExactly(above, cascade);
    assertThat(of(cluster, "east-0").depth(cascade)).isEqualTo(1);
    assertThat(of(cluster, "west-0").fromTheTop(List.of(cascade, named(cluster, "east-0"))))
        .containsExactly(cascade, named(cluster, "east-0"));
  }
}
