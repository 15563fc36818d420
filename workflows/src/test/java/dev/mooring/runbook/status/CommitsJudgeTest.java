package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Sightings;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.runbook.Observed;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitsJudgeTest {

  @Test
  void primaries_whose_commits_wait_for_nobody_are_as_they_should_be() {
    assertThat(CommitsJudge.findings(Moored.facts())).isEmpty();
  }

  @Test
  void warns_of_a_primary_whose_synchronous_standby_is_gone() {
    SynchronousCommits gone = new SynchronousCommits("s0", List.of(), 0, 3, 12);
    StatusFacts facts =
        Moored.with(
            "east-0",
            one ->
                new InstanceFacts(
                    one.instance(),
                    one.host(),
                    new Observed.Seen<>(waiting(Sightings.server(one.instance()), gone)),
                    one.epoch()));

    assertThat(CommitsJudge.findings(facts))
        .containsExactly(
            Finding.warning(
                "east-0 has 0 of the 1 synchronous standbys that its commits wait for: 3 wait, the"
                    + " first for 12 s; synchronous_standby_names is 's0', connected: none",
                SynchronousCommits.REMEDY));
  }

  private static ServerObserved waiting(ServerObserved server, SynchronousCommits commits) {
    return new ServerObserved(
        server.instance(),
        server.identity(),
        server.position(),
        server.archiving(),
        server.archiver(),
        server.preparedTransactions(),
        server.needs(),
        List.of(commits));
  }
}
