package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.fake.Strait;
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host that was powered off may be on again before anybody is promoted. */
class FailoverPoweredOnAgainTest {
  private static final String POWER =
      "{fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]}";
  private static final String RETRY = "{'decision':'retry','by':'bob','reason':'mended'}";

  private final FailoverBed strait = new FailoverBed(Strait.synchronous(POWER));

  @BeforeEach
  void itsHostIsGone() {
    strait.world().members().kill("east-0");
    strait.world().trouble().hostAnswers("e0", false);
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private WorkflowStub held() {
    String request = approved(OVER, strait.run(OVER).digest());
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
    assertThat(strait.headline()).contains("host e0 was powered off and is on again");
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
}
