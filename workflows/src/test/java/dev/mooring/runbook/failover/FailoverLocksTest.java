package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowClient;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Other runs have the locks when the primary is gone. */
class FailoverLocksTest {
  private static final SiteName WEST = new SiteName("west");
  private static final String TUESDAY = "tuesday";

  private final FailoverBed strait = new FailoverBed(Strait.synchronous());
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeEach
  void thePrimaryDies() {
    strait.world().members().kill("east-0");
    strait.before("ensureRunStopped", asked::incrementAndGet);
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private void heldBy(String runbook) {
    FakeRuns runs = strait.world().runs();
    String lock = LockWorkflow.idOf(strait.world().cluster().name(), WEST);
    String run = runs.open(strait.world().cluster().name(), TUESDAY, runbook);
    Holder holder = new Holder(TUESDAY, run, runbook);
    WorkflowClient.start(
        strait.bed.client().newWorkflowStub(LockWorkflow.class, TestBed.options(lock))::hold,
        holder);
    runs.lock(lock, holder);
    runs.onRelease(
        () ->
            strait
                .bed
                .temporal()
                .getWorkflowClient()
                .newUntypedWorkflowStub(lock)
                .terminate("its holder is over"));
  }

  /** It was asked first, and had five seconds to take back what it did. */
  @Test
  void housekeeping_is_stopped_and_not_waited_for() {
    String digest = strait.run(OVER).digest();
    heldBy("PublishCycle");
    RoleChangeResult result = strait.run(approved(OVER, digest));
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .contains(
            "PublishCycle (workflow tuesday) was stopped for the lock of west;"
                + " `mooring publish strait` starts it again");
    assertThat(asked).hasValue(2);
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void one_that_ends_when_it_is_asked_is_not_terminated() {
    String digest = strait.run(OVER).digest();
    heldBy("DrConsume");
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("observeLock") && asked.get() == 1,
            () -> strait.world().runs().end(TUESDAY));
    RoleChangeResult result = strait.run(approved(OVER, digest));
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(asked).hasValue(1);
    strait.isPrimary("west-0", "east-1");
  }

  /** Nobody else would miss it: it is over, and what it was stopped for did not happen. */
  @Test
  void housekeeping_that_was_stopped_in_vain_is_told_with_what_starts_it_again() {
    String digest = strait.run(OVER).digest();
    heldBy("DrConsume");
    strait.before("ensureRunStopped", () -> strait.world().members().start("east-0"));
    Ended refused = strait.ended(approved(OVER, digest));
    assertThat(refused.type()).isEqualTo("Refused");
    assertThat(refused.record().headline())
        .endsWith(
            "; DrConsume (workflow tuesday) was stopped for the lock of west;"
                + " `mooring consume strait --site west` starts it again");
    assertThat(strait.world().lastReceipt().ending().headline())
        .isEqualTo(refused.record().headline());
  }

  @Test
  void a_run_that_makes_standbys_refuses_it_and_names_the_rule_that_stops_it() {
    String digest = strait.run(OVER).digest();
    heldBy("Resilver");
    Ended ended = strait.ended(approved(OVER, digest));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("LOCK_HELD");
    assertThat(ended.record().headline())
        .contains("Resilver (workflow tuesday)", "`--override take-over --reason WHY`");
    assertThat(asked).hasValue(0);
  }

  @Test
  void a_run_that_makes_standbys_is_stopped_where_a_person_overrides_that_by_its_name() {
    String taking =
        "{'cluster':'strait','to':'west-0','overrides':'take-over','by':'alice','reason':'it is"
            + " gone'}";
    String digest = strait.run(taking).digest();
    heldBy("Resilver");
    RoleChangeResult result = strait.run(approved(taking, digest));
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .contains(
            "Resilver (workflow tuesday) was stopped for the lock of west;"
                + " `mooring resilver strait` starts it again");
    assertThat(strait.world().lastReceipt().decisions().toString()).contains("take-over");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void another_run_that_changes_who_may_write_refuses_it() {
    String digest = strait.run(OVER).digest();
    heldBy("Switchover");
    Ended ended = strait.ended(approved(OVER, digest));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("LOCK_HELD");
    assertThat(ended.record().headline())
        .contains("Switchover (workflow tuesday)", "`mooring give-up tuesday --reason WHY`");
    assertThat(asked).hasValue(0);
    assertThat(strait.world().members().writers()).isEmpty();
  }

  @Test
  void a_run_that_copies_refuses_it_and_names_what_ends_it_meanwhile() {
    String digest = strait.run(OVER).digest();
    heldBy("ReplicationSetup");
    Ended ended = strait.ended(approved(OVER, digest));
    assertThat(ended.record().code()).isEqualTo("LOCK_HELD");
    assertThat(ended.record().headline())
        .contains("`mooring cancel tuesday --reason WHY`", "`mooring give-up tuesday");
  }
}
