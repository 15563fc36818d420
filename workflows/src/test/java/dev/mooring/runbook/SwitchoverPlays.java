package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.cancelled;
import static dev.mooring.runbook.StreamingPlays.decideOnHold;
import static dev.mooring.runbook.StreamingPlays.ends;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.switchover.SwitchoverWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;

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

  static void planned(TestBed bed) {
    run(bed, Typed.json(TO_WEST));
  }

  static void completed(TestBed bed) {
    StreamingPlays.approved(bed, ID, SwitchoverPlays::run, TO_WEST);
  }

  static void refused(TestBed bed) {
    bed.world().members().promote("west-0");
    ends("Refused", () -> planned(bed));
  }

  static void badInput(TestBed bed) {
    ends("BAD_INPUT", () -> run(bed, Typed.json("{'claster':'strait'}")));
  }

  static void failed(TestBed bed) {
    StreamingPlays.withoutClusterFile(bed);
    ends("Failed", () -> planned(bed));
  }

  /** A standby stands still, so that its walsender holds the primary's stop. */
  static void rolledBack(TestBed bed) {
    bed.faults()
        .before(
            call -> call.method().equals("ensureHandedOver"),
            () -> bed.world().members().freeze("east-1"));
    ends("RolledBack", () -> completed(bed));
  }

  static void cancelledInPause(TestBed bed) {
    RawRequest execute = StreamingPlays.approval(bed, ID, SwitchoverPlays::run, TO_WEST);
    StreamingPlays.stopIn(bed, ID, "PAUSE", WorkflowStub::cancel);
    cancelled(() -> begun(bed, execute));
  }

  private static void begun(TestBed bed, RawRequest execute) {
    WorkflowClient.start(stub(bed)::switchOver, execute);
    StreamingPlays.result(bed, ID);
  }

  static void outcomeUnknown(TestBed bed) {
    bed.faults().plan(call -> call.method().equals("ensureTakenOver"), Fault.OUTCOME_UNKNOWN);
    completed(bed);
  }

  static void outcomeOfPatroniUnknown(TestBed bed) {
    bed.faults().plan(call -> call.method().equals("ensureSwitchedOver"), Fault.OUTCOME_UNKNOWN);
    completed(bed);
  }

  static void retried(TestBed bed) {
    holdAfterPromotion(bed, "retry");
  }

  static void stuck(TestBed bed) {
    ends("Stuck", () -> holdAfterPromotion(bed, "give-up"));
  }

  /** One that has promoted, and can't lead its endpoints there until somebody decides. */
  private static void holdAfterPromotion(TestBed bed, String decision) {
    RawRequest execute = StreamingPlays.approval(bed, ID, SwitchoverPlays::run, TO_WEST);
    StreamingPlays.failing(bed, "ROUTE");
    WorkflowClient.start(stub(bed)::switchOver, execute);
    decideOnHold(bed, ID, decision);
  }
}
