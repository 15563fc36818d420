package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.fake.Strait;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.SynchronousReplication;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommitsRowTest {
  private static final SynchronousCommits GONE = new SynchronousCommits("s0", List.of(), 0, 3, 12);

  @Test
  void a_primary_whose_synchronous_standby_is_gone_is_wrong() {
    Cluster fleet = Harbour.cluster(2);

    assertThat(row(fleet, GONE))
        .isEqualTo(
            CheckRow.wrong(
                "synchronous-commits",
                "east-0",
                "has 0 of the 1 synchronous standbys that its commits wait for: 3 wait, the first"
                    + " for 12 s; synchronous_standby_names is 's0', connected: none",
                "return, 1 synchronous standbys connected",
                SynchronousCommits.REMEDY));
  }

  /** A statement may have run for that long before its commit waits. */
  @Test
  void a_standby_that_is_connected_and_gives_no_reply_is_a_warning() {
    SynchronousCommits silent = new SynchronousCommits("s0", List.of("s0 (sync)"), 1, 3, 12);

    assertThat(row(Harbour.cluster(2), silent).verdict()).isEqualTo(Judged.WARNING);
  }

  /** The run refuses that while a standby of the cluster file streams. */
  @ParameterizedTest
  @CsvSource({
    "east-0, '', true",
    "east-0, WEST_0 (quorum), false",
    "east-0, west_0 (potential), true",
    "east-0, east_1 (async), false",
    "east-0, other (async), true",
    "west-0, east_0 (async), true"
  })
  void a_run_relaxes_if_the_cluster_file_has_synchronous_standbys_of_which_none_streams(
      String primary, String connected, boolean relaxes) {
    List<String> standbys = connected.isEmpty() ? List.of() : List.of(connected);
    SynchronousCommits hang =
        new SynchronousCommits("ANY 2 (west_0, east_1)", standbys, standbys.size(), 0, 0);

    Cluster strait = Strait.synchronous();
    String command = "`mooring replicate synchronous strait --relax`";
    assertThat(
            row(strait, strait.member(new InstanceId(primary)).orElseThrow(), hang)
                .remedy()
                .contains(command))
        .isEqualTo(relaxes);
  }

  private static CheckRow row(Cluster cluster, SynchronousCommits commits) {
    return row(cluster, cluster.publishing().get(0), commits);
  }

  private static CheckRow row(Cluster cluster, Instance primary, SynchronousCommits commits) {
    ServerObserved server = ObservedInstances.server(primary);
    return CommitsRow.of(
            cluster,
            new ServerObserved(
                server.instance(),
                server.identity(),
                server.position(),
                server.archiving(),
                server.archiver(),
                server.needs(),
                new SynchronousReplication("s0", List.of(commits))))
        .orElseThrow();
  }
}
