package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.ends;

import dev.mooring.fake.TestBed;
import dev.mooring.runbook.replication.ReplicationSetupWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowStub;
import java.util.function.Consumer;

/** The ReplicationSetups whose histories are kept. */
final class ReplicationPlays {
  private static final String ID = "replication";
  private static final String SET_UP = "{'cluster':'strait','act':'setup'}";
  private static final String RESTART =
      "{'cluster':'strait','act':'setup','overrides':'restart','reason':'a first standby'}";

  private ReplicationPlays() {}

  private static void run(TestBed bed, RawRequest request) {
    try {
      bed.client()
          .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options(ID))
          .setUp(request);
    } finally {
      bed.closeChildren();
    }
  }

  private static void approved(TestBed bed, String json) {
    StreamingPlays.approved(bed, ID, ReplicationPlays::run, json);
  }

  private static void westWasNeverThere(TestBed bed) {
    bed.world().members().neverThere("west-0");
    bed.world().directories().lose("west-0");
  }

  static void setUp(TestBed bed) {
    westWasNeverThere(bed);
    approved(bed, SET_UP);
  }

  static void rolledBack(TestBed bed) {
    ends("RolledBack", () -> stoppedInCopies(bed, StreamingPlays::rollBack));
  }

  private static void stoppedInCopies(TestBed bed, Consumer<WorkflowStub> how) {
    westWasNeverThere(bed);
    RawRequest execute = StreamingPlays.approval(bed, ID, ReplicationPlays::run, SET_UP);
    StreamingPlays.stopIn(bed, ID, "BEGIN_COPIES", how);
    run(bed, execute);
  }

  static void restarted(TestBed bed) {
    westWasNeverThere(bed);
    bed.world().members().setOn("east-0", "wal_level", "minimal");
    approved(bed, RESTART);
  }
}
