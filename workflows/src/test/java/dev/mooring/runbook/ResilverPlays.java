package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.ends;
import static dev.mooring.runbook.StreamingPlays.loseWest;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.resilver.ResilverWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;

/** The Resilvers whose histories are kept. */
final class ResilverPlays {
  private static final String ID = "resilver";
  private static final String ALL = "{'cluster':'strait'}";

  private ResilverPlays() {}

  private static ResilverWorkflow stub(TestBed bed) {
    return bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options(ID));
  }

  private static void run(TestBed bed, RawRequest request) {
    stub(bed).resilver(request);
  }

  private static void approved(TestBed bed) {
    StreamingPlays.approved(bed, ID, ResilverPlays::run, ALL);
  }

  static void rewound(TestBed bed) {
    Strait.divergeEast(bed.world().members());
    approved(bed);
  }

  /** East's rewind fails, and a base backup is made instead. */
  static void copied(TestBed bed) {
    Strait.divergeEast(bed.world().members());
    bed.world().directories().letRewindsFail();
    approved(bed);
  }

  static void failedCopy(TestBed bed) {
    loseWest(bed);
    bed.world().directories().letCopiesBeSlow();
    ends("Failed", () -> approved(bed));
  }

  static void retried(TestBed bed) {
    holdAfterPlacing(bed, "retry");
  }

  /** The copy is in its place, and can't be started until somebody decides. */
  private static void holdAfterPlacing(TestBed bed, String decision) {
    loseWest(bed);
    RawRequest execute = StreamingPlays.approval(bed, ID, ResilverPlays::run, ALL);
    StreamingPlays.failing(bed, "FOLLOW");
    WorkflowClient.start(stub(bed)::resilver, execute);
    StreamingPlays.decideOnHold(bed, ID, decision);
  }
}
