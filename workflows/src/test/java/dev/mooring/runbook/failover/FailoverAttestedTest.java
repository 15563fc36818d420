package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A person's word beside a fence command counts only where nothing at all answers. */
class FailoverAttestedTest {
  private final FailoverBed strait =
      new FailoverBed(
          Strait.synchronous(
              "{fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]}"));

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  /** SSH is silent and the kernel says that nothing listens: that host is not lost. */
  @Test
  void an_attested_loss_does_not_count_while_something_answers_at_its_host() {
    strait.world().members().kill("east-0");
    strait.bed.faults().plan(call -> call.method().equals("observeOnHost"), Fault.FAILS);
    Strait.powerSwitch(strait.world(), "e0", PowerSwitch.TELLS_NOTHING);
    String over =
        OVER.replace(
            "}",
            ",'by':'alice','lost':'its disks burnt','overrides':'primary-gone,waited-for','reason':'its site burnt'}");
    FailoverResult plan = strait.run(over);
    assertThat(plan.checks().toString())
        .contains("something answers at its host or is heard from there: that does not count");
    WorkflowStub run =
        strait.start(approved(over, plan.digest()), headline -> headline.contains("can't go on"));
    assertThat(strait.headline()).contains("east-0 is not known to be fenced and may write");
    assertThat(strait.world().members().writers()).isEmpty();
    decide(run, "{'decision':'roll-back','by':'bob','reason':'somebody goes there'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("RolledBack");
  }
}
