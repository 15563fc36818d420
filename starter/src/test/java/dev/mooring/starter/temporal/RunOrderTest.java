package dev.mooring.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Mode;
import dev.mooring.starter.temporal.RunOrder.Asked;
import dev.mooring.topology.ClusterName;
import org.junit.jupiter.api.Test;

class RunOrderTest {
  private static String idOfFailover(String when, Mode mode) {
    return RunOrder.failover(new ClusterName("strait"), when, new Asked(mode, "alice", ""))
        .workflowId();
  }

  /** Temporal refuses a second open run of one id, and a watch is open for weeks. */
  @Test
  void a_failover_that_a_person_types_has_another_id_than_one_that_watches() {
    assertThat(idOfFailover("", Mode.EXECUTE)).isEqualTo("mooring:strait:failover");
    assertThat(idOfFailover("", Mode.PLAN)).isEqualTo("mooring:strait:failover:plan");
    assertThat(idOfFailover("primary-down", Mode.EXECUTE))
        .isEqualTo("mooring:strait:failover:watch");
  }
}
