package dev.mooring.dev.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cluster files that labs write are ones that Mooring reads. */
class ClusterFileTextTest {

  static Stream<LabPlan> plans() {
    return Stream.of(
        LabPlan.fleet(1),
        LabPlan.fleet(4),
        LabPlan.fleet(5).withInstancesPerHost(2),
        LabPlan.fleet(2).named("pier").withWestConsuming(LabPlan.Consumes.ON_PUBLISH),
        LabPlan.postgres(),
        LabPlan.streaming(1).withoutReplication(),
        LabPlan.streaming(2).byPatroni().behind(LabPlan.Front.HAPROXY),
        LabPlan.streaming(3).following("west-1", "west-0").following("east-1", "archive"),
        LabPlan.streaming(2).behind(LabPlan.Front.PGBOUNCER, LabPlan.Front.HAPROXY));
  }

  @ParameterizedTest
  @MethodSource("plans")
  void is_read_without_a_problem(LabPlan plan) {
    for (int major : new int[] {13, 15, 18}) {
      Layout layout = new Layout(plan, Path.of("/labs", plan.name()), "127.31.7");
      LabUser user = new LabUser("postgres", 101, 104, true);
      Path programs = Path.of("/usr/lib/postgresql/bin");
      Machine machine =
          new Machine(
              user,
              programs,
              major,
              Path.of("/usr/sbin/sshd"),
              Path.of("/labs"),
              Isolation.NETWORK);
      String text = new ClusterFileText(new LabRecord(machine, layout, "a", "b")).text();
      Cluster cluster =
          ClusterFileParser.parse(text, new ClusterName(plan.name()))
              .match(
                  parsed -> parsed,
                  problems -> {
                    throw new AssertionError(problems + "\n" + text);
                  });
      assertThat(cluster.instances()).hasSameSizeAs(layout.instances());
      // of etcd Mooring need know nothing
      assertThat(cluster.hosts()).hasSize(layout.hosts().size() - (layout.byPatroni() ? 1 : 0));
      assertThat(cluster.members())
          .hasSize(plan.streaming().map(streaming -> 1 + streaming.standbys()).orElse(0));
      assertThat(cluster.streaming().map(policy -> policy.endpoints().size()))
          .isEqualTo(
              plan.streaming()
                  .map(streaming -> layout.byPatroni() ? 0 : streaming.fronts().size()));
      assertThat(cluster.patroni().map(policy -> policy.members().size()))
          .isEqualTo(
              layout.byPatroni() ? Optional.of(layout.instances().size()) : Optional.empty());
    }
  }
}
