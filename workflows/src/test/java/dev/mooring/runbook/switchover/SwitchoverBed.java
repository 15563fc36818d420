package dev.mooring.runbook.switchover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunBed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowOptions;
import java.time.Duration;

/** Switchovers over the cluster in memory, and what must hold whatever becomes of them. */
public final class SwitchoverBed extends RunBed<RoleChangeResult> {
  public static final String TO_WEST = "{'cluster':'strait','to':'west-0'}";

  public SwitchoverBed(Cluster cluster) {
    super(cluster, SwitchoverImpl.class, "Switchover", "switchover", RoleChangeResult.class);
  }

  @Override
  protected String digestOf(RoleChangeResult planned) {
    return planned.digest();
  }

  @Override
  protected WorkflowOptions options() {
    return super.options().toBuilder().setWorkflowRunTimeout(Duration.ofDays(400)).build();
  }

  /** What the last run means to do. */
  Plan plan() {
    return last().query("plan", Plan.class);
  }

  /** Nobody ever accepted writes beside another, and clients are held no longer. */
  void lawsHold() {
    assertThat(world().members().twoWriters()).isEmpty();
    assertThat(world().endpoints().isPaused("pooler")).isFalse();
  }

  /** All follow that member, and endpoints lead to it. */
  void allFollow(String primary) {
    assertThat(world().members().writers()).containsExactly(primary);
    assertThat(world().members().followersOf(primary)).hasSize(2);
    assertThat(world().endpoints().pointsAt("pooler")).isEqualTo(primary);
    assertThat(world().endpoints().pointsAt("balancer")).isEqualTo(primary);
    lawsHold();
  }
}
