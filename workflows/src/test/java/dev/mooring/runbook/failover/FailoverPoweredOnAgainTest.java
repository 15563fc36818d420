package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OFF;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.fake.Strait;
import dev.mooring.port.ConnectionActivities.TryConnection;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host that was powered off may be on again before anybody is promoted. */
class FailoverPoweredOnAgainTest {
  private static final String POWER =
      "{fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]}";
  private static final String RETRY = "{'decision':'retry','by':'bob','reason':'fixed'}";

  private static final Cluster STRAIT = Strait.synchronous(POWER);

  private final FailoverBed strait = new FailoverBed(STRAIT);

  @BeforeEach
  void itsHostIsGone() {
    strait.primaryDiesWithItsHost();
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private WorkflowStub held() {
    String request = approved(OFF, strait.run(OFF).digest());
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    assertThat(strait.world().members().writers()).isEmpty();
    return run;
  }

  private void goesOn(WorkflowStub run) {
    strait.bed.faults().mend();
    decide(run, RETRY);
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }

  /** By a management controller, or by somebody who means well. */
  @Test
  void a_host_that_is_powered_on_again_holds_the_run_until_it_is_off() {
    strait.before("observePower", () -> strait.world().trouble().hostAnswers("e0", true));
    WorkflowStub run = held();
    assertThat(strait.headline())
        .contains("host e0 was powered off and is on again")
        .startsWith("LAST_LOOK can't go on");
    strait.bed.faults().mend();
    strait.world().trouble().hostAnswers("e0", false);
    goesOn(run);
  }

  @Test
  void a_check_that_tells_nothing_by_then_holds_it_too() {
    strait.before(
        "observePower", () -> Strait.powerSwitch(strait.world(), "e0", PowerSwitch.TELLS_NOTHING));
    WorkflowStub run = held();
    assertThat(strait.headline()).contains("whether host e0 is still off is not known");
    strait.bed.faults().mend();
    Strait.powerSwitch(strait.world(), "e0", PowerSwitch.WORKS);
    goesOn(run);
  }

  /** All looks of the plan were silence a moment ago, and the check is what proves the fence. */
  @Test
  void under_the_locks_one_more_look_that_is_silence_is_enough() {
    assertThat(strait.execute(OFF).outcome()).isEqualTo("Completed");
    assertThat(looksUnderTheLocks()).isNotEmpty().allMatch(times -> times == 1);
    strait.isPrimary("west-0", "east-1");
  }

  /** It may hear the primary, and was not compared with at the plan. */
  @Test
  void one_that_streams_only_since_the_plan_is_a_reason_to_look_as_long_again() {
    String request = approved(OFF, strait.run(OFF).digest());
    strait
        .bed
        .faults()
        .beforeFirst(
            call ->
                call.step().equals("OBSERVE_AGAIN") && call.method().equals("observeReplication"),
            () -> strait.world().members().follows(STRAIT, "east-1", "west-0"));
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    assertThat(looksUnderTheLocks()).contains(3);
    strait.isPrimary("west-0", "east-1");
  }

  /** Who approves it an hour later does not know what came back meanwhile. */
  @Test
  void a_plan_of_long_ago_is_looked_at_as_long_again() {
    // the test server's clock stands still while a watch goes on
    strait.bed.watchesEndAfter(1);
    WorkflowStub run =
        strait.start(
            OFF.replace("}", ",'mode':'execute'}"),
            headline -> headline.contains("waits for an approval"));
    strait.passes(Duration.ofMinutes(3));
    decide(
        run,
        "{'decision':'approve','digest':'"
            + strait.plan().digest()
            + "','reason':'go','by':'bob'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(looksUnderTheLocks()).isNotEmpty().allMatch(times -> times == 3);
  }

  private List<Integer> looksUnderTheLocks() {
    return strait.bed.faults().carried().stream()
        .filter(one -> one.call().step().equals("OBSERVE_AGAIN"))
        .filter(one -> one.argument() instanceof TryConnection)
        .map(one -> ((TryConnection) one.argument()).times())
        .toList();
  }
}
