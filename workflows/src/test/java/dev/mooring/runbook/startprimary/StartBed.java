package dev.mooring.runbook.startprimary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeMembers;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunBed;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.util.List;

/** Starts of a primary over the cluster in memory, and what must hold whatever becomes of them. */
final class StartBed extends RunBed<RoleChangeResult> {
  static final String START = "{'cluster':'strait'}";

  /** As the run of boot b2 needs it; a typed one may have any. */
  static final String RUN = RunIds.startAfterReboot(new ClusterName("strait"), "b2");

  StartBed(Cluster cluster) {
    super(cluster, StartPrimaryImpl.class, "StartPrimary", RUN, RoleChangeResult.class);
  }

  @Override
  protected String digestOf(RoleChangeResult planned) {
    return planned.digest();
  }

  FakeMembers members() {
    return world().members();
  }

  /** What a run did on hosts and servers, the receipt left out. */
  List<String> acts() {
    return bed.events(RUN).stream()
        .filter(event -> event.startsWith("scheduled Ensure"))
        .filter(event -> !event.equals("scheduled EnsureReceipt"))
        .toList();
  }

  /** What the last run means to do. */
  Plan plan() {
    return last().query("plan", Plan.class);
  }

  /** Nobody ever accepted writes beside another. */
  void lawsHold() {
    assertThat(members().twoWriters()).isEmpty();
  }

  /** It accepts writes alone, so many follow it, and its host names it. */
  void isPrimary(String primary, String... followers) {
    assertThat(members().writers()).containsExactly(primary);
    assertThat(members().followersOf(primary)).containsExactlyInAnyOrder(followers);
    assertThat(members().authorityOf(primary)).isEqualTo(primary);
    lawsHold();
  }
}
