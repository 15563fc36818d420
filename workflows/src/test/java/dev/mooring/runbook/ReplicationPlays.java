package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.cancelled;
import static dev.mooring.runbook.StreamingPlays.ends;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.TestBed;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.replication.ReplicationSetupWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowStub;
import java.util.function.Consumer;

/** The ReplicationSetups whose histories are kept. */
final class ReplicationPlays {
  private static final String ID = "replication";
  private static final String VERIFY = "{'cluster':'strait'}";
  private static final String SET_UP = "{'cluster':'strait','act':'setup'}";
  private static final String RESTART =
      "{'cluster':'strait','act':'setup','overrides':'restart','reason':'a first standby'}";
  private static final String REMOVE = "{'cluster':'strait','act':'remove','instances':'west-0'}";
  private static final String ADOPT = "{'cluster':'strait','act':'adopt','instances':'west-0'}";

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

  static void verified(TestBed bed) {
    run(bed, Typed.json(VERIFY));
  }

  static void down(TestBed bed) {
    bed.world().members().kill("west-0");
    verified(bed);
  }

  static void badInput(TestBed bed) {
    ends("BAD_INPUT", () -> run(bed, Typed.json("{'claster':'strait'}")));
  }

  private static void westWasNeverThere(TestBed bed) {
    bed.world().members().neverThere("west-0");
    bed.world().directories().lose("west-0");
  }

  static void planned(TestBed bed) {
    westWasNeverThere(bed);
    run(bed, Typed.json(SET_UP));
  }

  static void setUp(TestBed bed) {
    westWasNeverThere(bed);
    approved(bed, SET_UP);
  }

  /** East-1 streams from the primary and is to from west-0; its slot at the primary is dropped. */
  static void connectedAnew(TestBed bed) {
    bed.world().members().neverThere("east-1");
    bed.world().members().follows(bed.world().cluster(), "east-1", "east-0");
    approved(bed, SET_UP);
  }

  static void refused(TestBed bed) {
    westWasNeverThere(bed);
    bed.world().directories().room(1000);
    ends("Refused", () -> run(bed, Typed.json(SET_UP)));
  }

  /** The copy is begun and no answer comes: all that was made is taken away. */
  static void undone(TestBed bed) {
    westWasNeverThere(bed);
    bed.faults().plan(call -> call.method().equals("awaitCopied"), Fault.OUTCOME_UNKNOWN);
    ends("Failed", () -> approved(bed, SET_UP));
  }

  static void rolledBack(TestBed bed) {
    ends("RolledBack", () -> stoppedInCopies(bed, StreamingPlays::rollBack));
  }

  static void cancelledInCopies(TestBed bed) {
    cancelled(() -> stoppedInCopies(bed, WorkflowStub::cancel));
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

  /** While the primary is down for its restart, a person promotes a standby. */
  static void stuck(TestBed bed) {
    FakeMembers members = bed.world().members();
    members.setOn("east-0", "wal_level", "minimal");
    RawRequest execute = StreamingPlays.approval(bed, ID, ReplicationPlays::run, RESTART);
    members.failsAtRestart("east-0", FailureCode.START_FAILED);
    bed.faults()
        .before(
            call -> call.step().equals("RESTART_PRIMARY"),
            () -> {
              if (members.writers().isEmpty()) {
                members.promote("east-1");
              }
            });
    ends("Stuck", () -> run(bed, execute));
  }

  static void removed(TestBed bed) {
    bed.world().members().kill("west-0");
    approved(bed, REMOVE);
  }

  /** A person promoted west-0 by hand, while the old primary was down. */
  static void adopted(TestBed bed) {
    FakeMembers members = bed.world().members();
    members.moved("east-0", 7);
    members.kill("east-0");
    members.promote("west-0");
    approved(bed, ADOPT);
  }
}
