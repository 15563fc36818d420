package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** H9: a command of the administrator's is run where a role has changed. */
class RoleChangeCommandTest {
  private static FailoverBed with(String command) {
    return new FailoverBed(
        Strait.cluster("replication: {", "replication: {onRoleChange: \"" + command + "\", "));
  }

  private FailoverBed strait = with("told {role} {cluster} {instance} {primary}");

  @BeforeEach
  void thePrimaryDies() {
    strait.world().members().kill("east-0");
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  @Test
  void it_is_run_with_role_and_cluster_on_each_host_and_that_of_the_old_primary() {
    RoleChangeResult plan = strait.run(OVER);
    assertThat(strait.plan().objects())
        .anyMatch(line -> line.startsWith("replication.onRoleChange is run where a role has"));
    RoleChangeResult result = strait.execute(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.PLANNED);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(strait.world().directories().commands())
        .containsExactlyInAnyOrder(
            "told primary strait west-0 west-0",
            "told standby strait east-1 west-0",
            "told fenced strait east-0 west-0");
  }

  /** Clients write already. */
  @Test
  void one_that_ends_badly_is_told_and_holds_nobody_up() {
    strait.close();
    strait = with("exit 3");
    thePrimaryDies();
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .filteredOn(line -> line.contains("replication.onRoleChange did not end well"))
        .hasSize(3);
    strait.isPrimary("west-0", "east-1");
  }
}
