package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** East-0 was the primary when others were made from it. */
class StillPrimaryTest {
  private static final String MOVED = "the primary was moved while instances caught up with it: ";
  private static final String LOOK = "; find the primary with `mooring status`, and plan again";

  private final FakeCluster world = new FakeCluster(Strait.cluster());
  private final FakeMembers members = world.members();
  private final Cluster cluster = world.cluster();
  private final Call call = new Call(cluster.name(), "this-run", "CATCH_UP", 0, Epoch.NONE);

  private List<MemberObserved> answers() {
    return world
        .replication()
        .observeReplication(
            new OnServers(
                call, cluster.policies().database(), WorkLists.servers(cluster, cluster.members())))
        .members();
  }

  private List<InstanceRole> roles() {
    return WorkLists.byHost(cluster, cluster.members()).stream()
        .flatMap(on -> world.roles().observeRoles(new ObserveRoles(call, on)).roles().stream())
        .toList();
  }

  /** As it is seen now; judged against what is seen later. */
  private StillPrimary now(String run) {
    MemberObserved east =
        answers().stream()
            .filter(one -> one.instance().equals(new InstanceId("east-0")))
            .findFirst()
            .orElseThrow();
    return new StillPrimary(east, roles(), run);
  }

  private Verdict<InstanceId> judged(StillPrimary then) {
    return then.judge(answers(), roles());
  }

  private void moved(StillPrimary then, String how) {
    Verdicts.never(judged(then), FailureCode.PLAN_CHANGED, MOVED + how + LOOK);
  }

  @Test
  void one_that_nothing_happened_to_is() {
    StillPrimary then = now("this-run");
    members.write("east-0");
    assertThat(Verdicts.proceeds(judged(then))).isEqualTo(new InstanceId("east-0"));
  }

  @Test
  void one_that_is_silent_is_and_so_it_is_where_no_host_answers() {
    StillPrimary then = now("this-run");
    members.kill("east-0");
    Verdicts.proceeds(judged(then));
    Verdicts.proceeds(then.judge(List.of(), List.of()));
  }

  @Test
  void where_another_accepts_writes_it_was_moved_also_where_it_takes_them_too() {
    StillPrimary then = now("this-run");
    members.promote("west-0");
    moved(then, "[west-0] accepts writes by now, it was east-0");
    members.kill("east-0");
    moved(then, "[west-0] accepts writes by now, it was east-0");
  }

  @Test
  void one_that_became_a_standby_is_not() {
    StillPrimary then = now("this-run");
    members.kill("east-0");
    members.putSignal("east-0");
    members.start("east-0");
    moved(then, "east-0 accepts no writes any more");
  }

  @Test
  void one_that_was_away_and_promoted_again_is_not() {
    StillPrimary then = now("this-run");
    members.putSignal("east-0");
    members.promote("east-0");
    moved(then, "east-0 is on timeline 2 by now, it was on 1");
  }

  @Test
  void what_another_run_changed_since_says_so_and_what_this_one_did_does_not() {
    members.moved("east-0", 7);
    StillPrimary then = now("this-run");
    StillPrimary ofTheMove = now("run-of-the-move");
    Verdicts.proceeds(judged(then));
    members.moved("east-0", 8);
    moved(then, "run run-of-the-move changed the right to write in epoch 8: east-0");
    Verdicts.proceeds(judged(ofTheMove));
  }
}
