package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A standby set up where a primary of another system lies, which somebody shut down. */
class SetupOverAnothersTest {
  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.cluster()), ReplicationSetupImpl.class);
  private final FakeMembers members = bed.world().members();

  @BeforeEach
  void anotherIsInItsPlace() {
    members.neverThere("west-0");
    members.putAnothers("west-0");
  }

  @AfterEach
  void close() {
    bed.close();
  }

  private ReplicationResult asked(String more) {
    return SetupRuns.asked(bed, "'act':'setup','by':'alice'" + more);
  }

  private Plan planned() {
    asked("");
    return SetupRuns.plan(bed);
  }

  @Test
  void the_standby_has_nothing_of_its_configuration() {
    Plan plan = planned();
    assertThat(plan.objects())
        .anyMatch(one -> one.startsWith("west-0: what is in /data/west-0 is kept aside: system "));
    assertThat(plan.measured()).extracting(Fact::name).contains("west-0 once it is promoted");
    ReplicationResult set = asked(",'mode':'execute','digest':'" + plan.digest() + "'");
    assertThat(set.changed().toString())
        .contains("west-0: old data kept as /data/west-0.mooring-old-");
    assertThat(members.followersOf("east-0")).containsExactly("east-1", "west-0");
    assertThat(members.setOn("west-0")).doesNotContain("hot_standby_feedback");
  }

  @Test
  void a_setup_that_is_undone_leaves_it_as_it_was() {
    String digest = planned().digest();
    bed.faults().plan(call -> call.step().equals("AWAIT_COPIES"), Fault.FAILS);
    Ended ended = TestBed.ended(() -> asked(",'mode':'execute','digest':'" + digest + "'"));
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(members.setOn("west-0")).contains("hot_standby_feedback=on");
    members.start("west-0");
    assertThat(members.writers()).isEqualTo(List.of("east-0", "west-0"));
  }
}
