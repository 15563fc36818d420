package dev.mooring.activities.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.RunActivities.EnsureReaction;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.failover.FailoverRequest;
import dev.mooring.runbook.replication.ReplicationRequest;
import dev.mooring.runbook.resilver.ResilverRequest;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests of the runs by which a watch reacts. */
class TemporalRunActivitiesTest {
  private static final InstanceId STANDBY = new InstanceId("west-0");
  private static final Instant SINCE = Instant.parse("2030-01-01T00:00:00Z");

  @Test
  void the_request_of_a_resilver_for_an_incident_is_one_that_only_a_watch_makes() {
    EnsureReaction reaction =
        new EnsureReaction(
            new ClusterName("strait"),
            Runbook.RESILVER,
            STANDBY,
            SINCE.toString(),
            "it does not stream",
            "mooring:strait:resilver:west-0-1893456000",
            false);
    ResilverRequest request =
        ResilverRequest.of(new RawRequest(TemporalRunActivities.input(reaction)));
    assertThat(request.isAsOfWatch()).isTrue();
    assertThat(request.instances()).containsExactly(STANDBY);
    assertThat(request.incident()).contains(SINCE);
  }

  @Test
  void the_request_of_a_relaxation_for_an_incident_is_one_that_only_a_watch_makes() {
    EnsureReaction reaction =
        new EnsureReaction(
            new ClusterName("strait"),
            Runbook.REPLICATION_SETUP,
            new InstanceId("east-0"),
            SINCE.toString(),
            "no synchronous standby streams",
            "mooring:strait:replication:relax-1893456000",
            true);
    ReplicationRequest request =
        ReplicationRequest.of(new RawRequest(TemporalRunActivities.input(reaction)));
    assertThat(request.act()).isEqualTo(ReplicationRequest.Act.SYNCHRONOUS);
    assertThat(request.relax()).isTrue();
    assertThat(request.incident()).contains(SINCE);
  }

  /** A test of the workflow plans with these very requests. */
  @ParameterizedTest
  @ValueSource(strings = {"now", "primary-down"})
  void the_request_of_a_failover_has_the_setting_as_its_requester(String when) {
    EnsureReaction reaction =
        new EnsureReaction(
            new ClusterName("strait"),
            Runbook.FAILOVER,
            new InstanceId("strait"),
            when,
            "no member accepts writes",
            "mooring:strait:failover:primary-down-1893456000",
            false);
    assertThat(FailoverRequest.of(new RawRequest(TemporalRunActivities.input(reaction))))
        .isEqualTo(
            FailoverRequest.of(
                Typed.json(
                    "{'cluster':'strait','mode':'execute','by':'watch.reactions.failover',"
                        + "'reason':'no member accepts writes','when':'"
                        + when
                        + "'}")));
  }
}
