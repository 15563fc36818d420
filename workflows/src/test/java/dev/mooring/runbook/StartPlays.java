package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.cancelled;
import static dev.mooring.runbook.StreamingPlays.decideOnHold;
import static dev.mooring.runbook.StreamingPlays.ends;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.TestBed;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.startprimary.StartPrimaryWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;

/** The StartPrimaries, of a primary that was killed, whose histories are kept. */
final class StartPlays {
  private static final String ID = "start";
  private static final String START = "{'cluster':'strait'}";

  private StartPlays() {}

  private static StartPrimaryWorkflow stub(TestBed bed) {
    return bed.client().newWorkflowStub(StartPrimaryWorkflow.class, TestBed.options(ID));
  }

  private static void run(TestBed bed, RawRequest request) {
    stub(bed).start(request);
  }

  private static void dies(TestBed bed) {
    bed.world().members().kill("east-0");
  }

  static void planned(TestBed bed) {
    dies(bed);
    run(bed, Typed.json(START));
  }

  static void completed(TestBed bed) {
    dies(bed);
    StreamingPlays.approved(bed, ID, StartPlays::run, START);
  }

  /** A host that nobody reaches is overridden by name. */
  static void overridden(TestBed bed) {
    dies(bed);
    bed.world().members().kill("west-0");
    bed.world().trouble().hostAnswers("w0", false);
    StreamingPlays.approved(
        bed,
        ID,
        StartPlays::run,
        "{'cluster':'strait','overrides':'other-side-silent','by':'alice','reason':'it burnt'}");
  }

  /** A standby was promoted meanwhile, and died too. */
  static void refused(TestBed bed) {
    dies(bed);
    bed.world().members().promote("west-0");
    bed.world().members().kill("west-0");
    RawRequest execute =
        Typed.json("{'cluster':'strait','instance':'east-0','mode':'execute','by':'alice'}");
    ends("Refused", () -> run(bed, execute));
  }

  static void badInput(TestBed bed) {
    ends("BAD_INPUT", () -> run(bed, Typed.json("{'claster':'strait'}")));
  }

  static void failed(TestBed bed) {
    StreamingPlays.withoutClusterFile(bed);
    ends("Failed", () -> planned(bed));
  }

  /** It does not come up. */
  static void rolledBack(TestBed bed) {
    bed.world().members().failsAtRestart("east-0", FailureCode.START_FAILED);
    ends("RolledBack", () -> completed(bed));
  }

  static void cancelledUnderTheLocks(TestBed bed) {
    dies(bed);
    RawRequest execute = StreamingPlays.approval(bed, ID, StartPlays::run, START);
    StreamingPlays.stopIn(bed, ID, "OBSERVE_AGAIN", WorkflowStub::cancel);
    cancelled(
        () -> {
          WorkflowClient.start(stub(bed)::start, execute);
          StreamingPlays.result(bed, ID);
        });
  }

  static void outcomeUnknown(TestBed bed) {
    bed.faults().plan(call -> call.method().equals("ensureStarted"), Fault.OUTCOME_UNKNOWN);
    completed(bed);
  }

  static void retried(TestBed bed) {
    holdAfterStart(bed, "retry");
  }

  static void stuck(TestBed bed) {
    ends("Stuck", () -> holdAfterStart(bed, "give-up"));
  }

  /** One that has started it, and can't prove it by a write until somebody decides. */
  private static void holdAfterStart(TestBed bed, String decision) {
    dies(bed);
    RawRequest execute = StreamingPlays.approval(bed, ID, StartPlays::run, START);
    StreamingPlays.failing(bed, "VERIFY");
    WorkflowClient.start(stub(bed)::start, execute);
    decideOnHold(bed, ID, decision);
  }
}
