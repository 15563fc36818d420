package dev.mooring.runbook;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.StopAt;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What the plays of the runbooks of streaming clusters have in common. */
final class StreamingPlays {
  /** A run of one runbook; one that holds is begun and not waited for. */
  interface Run extends BiConsumer<TestBed, RawRequest> {}

  private StreamingPlays() {}

  /** Plans, and does what the plan said. */
  static void approved(TestBed bed, String id, Run run, String json) {
    RawRequest execute = approval(bed, id, run, json);
    try {
      run.accept(bed, execute);
    } finally {
      bed.closeChildren();
    }
  }

  /** Plans; that request as one that executes the plan. */
  static RawRequest approval(TestBed bed, String id, Run run, String json) {
    run.accept(bed, Typed.run(json));
    String digest = bed.client().newUntypedWorkflowStub(id).query("plan", Plan.class).digest();
    return Typed.json(
        json.replace("}", ",'mode':'execute','by':'alice','digest':'" + digest + "'}"));
  }

  /** Every call of that step fails, but those that take it back. */
  static void failing(TestBed bed, String step) {
    bed.faults()
        .plan(call -> call.step().equals(step) && !call.method().startsWith("revert"), Fault.FAILS);
  }

  /** Ends a run that holds, its faults fixed, by that decision; one that goes on completes. */
  static void decideOnHold(TestBed bed, String id, String decision) {
    bed.until(id, "can't go on");
    WorkflowStub run = bed.client().newUntypedWorkflowStub(id);
    bed.faults().mend();
    decide(run, decision, "");
    result(bed, id);
  }

  /**
   * Tells a run.
   *
   * @param more further pieces of the JSON, each after a comma
   */
  static void decide(WorkflowStub run, String decision, String more) {
    run.update(
        "decide",
        String.class,
        Typed.json("{'decision':'" + decision + "','by':'bob','reason':'seen to'" + more + "}"));
  }

  /** Waits for a run that was begun. */
  static void result(TestBed bed, String id) {
    try {
      bed.awaiting(id, () -> bed.client().newUntypedWorkflowStub(id).getResult(Object.class));
    } finally {
      bed.closeChildren();
    }
  }

  /** It is stopped right before the first call of a step from now on. */
  static void stopIn(TestBed bed, String id, String step, Consumer<WorkflowStub> how) {
    new StopAt(bed.keepTime(), id)
        .before(
            call -> call.step().equals(step),
            () -> how.accept(bed.client().newUntypedWorkflowStub(id)));
  }

  /** A person's word that stops a run. */
  static void rollBack(WorkflowStub run) {
    run.signal(
        "decideBySignal", Typed.json("{'decision':'roll-back','by':'bob','reason':'not now'}"));
  }

  /** Plays what ends so. */
  static void ends(String type, Runnable run) {
    Ended ended = TestBed.ended(run);
    if (!ended.type().equals(type)) {
      throw new AssertionError("it ended as " + ended);
    }
  }

  /** Plays what is cancelled. */
  static void cancelled(Runnable run) {
    try {
      run.run();
    } catch (WorkflowFailedException cancelled) {
      return;
    }
    throw new AssertionError("the run completed");
  }

  /** The cluster file can't be read. */
  static void withoutClusterFile(TestBed bed) {
    bed.faults().plan(call -> call.method().equals("readCluster"), Fault.FAILS);
  }

  /** A standby is down, and its data is lost. */
  static void loseWest(TestBed bed) {
    bed.world().members().kill("west-0");
    bed.world().directories().lose("west-0");
    bed.world().members().write("east-0");
  }
}
