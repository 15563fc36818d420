package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.SynchronousReplication;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitsRowTest {

  @Test
  void warns_of_a_primary_whose_synchronous_standby_is_gone() {
    SynchronousCommits gone = new SynchronousCommits("s0", List.of(), 0, 3, 12);
    Instance primary = Harbour.cluster(2).publishing().get(0);

    assertThat(CommitsRow.of(waiting(ObservedInstances.server(primary), gone)))
        .contains(
            CheckRow.warning(
                "synchronous-commits",
                "east-0",
                "has 0 of the 1 synchronous standbys that its commits wait for: 3 wait, the first"
                    + " for 12 s; synchronous_standby_names is 's0', connected: none",
                "return, 1 synchronous standbys connected",
                SynchronousCommits.REMEDY));
  }

  private static ServerObserved waiting(ServerObserved server, SynchronousCommits commits) {
    return new ServerObserved(
        server.instance(),
        server.identity(),
        server.position(),
        server.archiving(),
        server.archiver(),
        server.needs(),
        new SynchronousReplication("s0", List.of(commits)));
  }
}
