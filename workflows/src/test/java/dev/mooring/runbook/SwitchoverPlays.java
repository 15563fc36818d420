package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.ends;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.switchover.SwitchoverWorkflow;
import dev.mooring.wire.RawRequest;

/** The Switchovers whose histories are kept. */
final class SwitchoverPlays {
  private static final String ID = "switchover";
  private static final String TO_WEST = "{'cluster':'strait','to':'west-0'}";

  private SwitchoverPlays() {}

  private static SwitchoverWorkflow stub(TestBed bed) {
    return bed.client().newWorkflowStub(SwitchoverWorkflow.class, TestBed.options(ID));
  }

  private static void run(TestBed bed, RawRequest request) {
    stub(bed).switchOver(request);
  }

  static void completed(TestBed bed) {
    StreamingPlays.approved(bed, ID, SwitchoverPlays::run, TO_WEST);
  }

  /** A standby stands still, so that its walsender holds the primary's stop. */
  static void rolledBack(TestBed bed) {
    bed.faults()
        .before(
            call -> call.method().equals("ensureHandedOver"),
            () -> bed.world().members().freeze("east-1"));
    ends("RolledBack", () -> completed(bed));
  }

  static void workersLost(TestBed bed) {
    bed.faults().plan(call -> call.method().equals("ensureTakenOver"), Fault.WORKERS_LOST);
    completed(bed);
  }
}
