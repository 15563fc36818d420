package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.ends;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.TestBed;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.startprimary.StartPrimaryWorkflow;
import dev.mooring.wire.RawRequest;

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

  /** It does not come up. */
  static void rolledBack(TestBed bed) {
    bed.world().members().failsAtRestart("east-0", FailureCode.START_FAILED);
    ends("RolledBack", () -> completed(bed));
  }

  static void workersLost(TestBed bed) {
    bed.faults().plan(call -> call.method().equals("ensureStarted"), Fault.WORKERS_LOST);
    completed(bed);
  }
}
