package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Plan;
import dev.mooring.topology.Cluster;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two members on one host: each is an act of its own there, however often another was tried. */
class SetupOnOneHostTest {
  private TestBed bed = bedOf("east-1", "e1");
  private FakeMembers members = bed.world().members();

  /** That member is on the host of west-0. */
  private static TestBed bedOf(String id, String host) {
    String at = id + ", site: east, content: 0, host: ";
    Cluster cluster = Strait.cluster(at + host + ", port: 6000", at + "w0, port: 6001");
    return new TestBed(new FakeCluster(cluster), ReplicationSetupImpl.class);
  }

  @AfterEach
  void close() {
    bed.close();
  }

  private ReplicationResult asked(String what) {
    return SetupRuns.asked(bed, "'by':'alice'," + what);
  }

  /** The first act of a step is tried again; what was begun beside it comes later than that. */
  private void retried(ReplicationStep step) {
    Predicate<Called> of = call -> call.step().equals(step.name()) && isAct(call);
    AtomicBoolean failed = new AtomicBoolean();
    bed.faults().plan(call -> of.test(call) && failed.compareAndSet(false, true), Fault.FAILS_ONCE);
    bed.faults().beforeFirst(of, () -> await(of));
  }

  private static boolean isAct(Called call) {
    return call.method().startsWith("ensure");
  }

  private void await(Predicate<Called> done) {
    long end = System.nanoTime() + Limit.seconds(30).toNanos();
    while (bed.faults().calls().stream().noneMatch(done) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {"BEGIN_COPIES", "PLACE_COPIES", "FOLLOW", "OPEN_STANDBYS"})
  void an_act_that_is_tried_again_does_not_make_the_next_one_there_late(ReplicationStep step) {
    for (String id : new String[] {"east-1", "west-0"}) {
      members.neverThere(id);
      bed.world().directories().lose(id);
    }
    retried(step);
    assertThat(asked("'act':'setup','mode':'execute'").outcome()).isEqualTo("Completed");
    assertThat(members.followersOf("east-0")).containsExactly("east-1", "west-0");
  }

  @Test
  void nor_does_the_record_of_who_accepts_writes() {
    bed.close();
    bed = bedOf("east-0", "e0");
    members = bed.world().members();
    members.moved("east-0", 7);
    members.kill("east-0");
    members.promote("west-0");
    retried(ReplicationStep.ADOPT);
    asked("'act':'adopt','instances':'west-0'");
    Plan plan = SetupRuns.plan(bed);
    String digest = plan.digest();
    assertThat(
            asked("'act':'adopt','instances':'west-0','mode':'execute','digest':'" + digest + "'")
                .changed())
        .contains("the authority names west-0", "east-0 is fenced");
  }
}
