package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.ends;
import static dev.mooring.runbook.StreamingPlays.loseWest;

import dev.mooring.fake.TestBed;
import dev.mooring.runbook.failback.FailbackWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;

/** The Failbacks to west, which lost its data, whose histories are kept. */
final class FailbackPlays {
  private static final String ID = "failback";
  private static final String BACK = "{'cluster':'strait','to':'west'}";

  private FailbackPlays() {}

  private static FailbackWorkflow stub(TestBed bed) {
    return bed.client().newWorkflowStub(FailbackWorkflow.class, TestBed.options(ID));
  }

  private static void run(TestBed bed, RawRequest request) {
    stub(bed).failBack(request);
  }

  static void completed(TestBed bed) {
    begun(bed, approval(bed), "approve");
    StreamingPlays.result(bed, ID);
  }

  /** The primary can't be stopped; what was healed stays so. */
  static void rolledBack(TestBed bed) {
    RawRequest execute = approval(bed);
    StreamingPlays.failing(bed, "HAND_OVER");
    begun(bed, execute, "approve");
    ends("RolledBack", () -> StreamingPlays.result(bed, ID));
  }

  private static RawRequest approval(TestBed bed) {
    loseWest(bed);
    return StreamingPlays.approval(bed, ID, FailbackPlays::run, BACK);
  }

  /** One that heals west, and whose move is decided about so. */
  private static void begun(TestBed bed, RawRequest execute, String decision) {
    FailbackWorkflow run = stub(bed);
    WorkflowClient.start(run::failBack, execute);
    bed.until(ID, "waits for an approval");
    String digest = run.plan().digest();
    StreamingPlays.decide(WorkflowStub.fromTyped(run), decision, ",'digest':'" + digest + "'");
  }
}
