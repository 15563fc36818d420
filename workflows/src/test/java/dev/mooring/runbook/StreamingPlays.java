package dev.mooring.runbook;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.failback.FailbackResult;
import dev.mooring.runbook.failback.FailbackWorkflow;
import dev.mooring.runbook.replication.ReplicationSetupWorkflow;
import dev.mooring.runbook.resilver.ResilverWorkflow;
import dev.mooring.runbook.switchover.SwitchoverResult;
import dev.mooring.runbook.switchover.SwitchoverWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.function.BiConsumer;

/** The runs of the runbooks of streaming clusters whose histories are kept. */
final class StreamingPlays {
  private static final String TO_WEST = "{'cluster':'strait','to':'west-0'}";
  private static final String BACK = "{'cluster':'strait','to':'west'}";
  private static final String ALL = "{'cluster':'strait'}";

  private StreamingPlays() {}

  /** A Switchover that does what its plan said. */
  static void switchOver(TestBed bed) {
    approved(bed, "switchover", StreamingPlays::switchOver, TO_WEST);
  }

  static void planSwitchover(TestBed bed) {
    switchOver(bed, Typed.json(TO_WEST));
  }

  static void switchOver(TestBed bed, RawRequest request) {
    bed.client()
        .newWorkflowStub(SwitchoverWorkflow.class, TestBed.options("switchover"))
        .switchOver(request);
  }

  /** One that has promoted, and can't lead its endpoints there until somebody decides. */
  static void holdAfterPromotion(TestBed bed, String decision) {
    RawRequest execute = approval(bed, "switchover", StreamingPlays::switchOver, TO_WEST);
    bed.faults().plan(call -> call.step().equals("ROUTE"), Fault.FAILS);
    SwitchoverWorkflow run =
        bed.client().newWorkflowStub(SwitchoverWorkflow.class, TestBed.options("switchover"));
    WorkflowClient.start(run::switchOver, execute);
    bed.temporal().sleep(Duration.ofMinutes(5));
    if (!run.progress().headline().contains("can't go on")) {
      throw new AssertionError("it does not hold: " + run.progress().headline());
    }
    bed.faults().mend();
    run.decide(Typed.json("{'decision':'" + decision + "','by':'bob','reason':'seen to'}"));
    try {
      bed.client().newUntypedWorkflowStub("switchover").getResult(SwitchoverResult.class);
    } finally {
      bed.closeChildren();
    }
  }

  /** A Resilver that does what its plan said. */
  static void resilver(TestBed bed) {
    approved(bed, "resilver", StreamingPlays::resilver, ALL);
  }

  static void planResilver(TestBed bed) {
    resilver(bed, Typed.json(ALL));
  }

  private static void resilver(TestBed bed, RawRequest request) {
    bed.client()
        .newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"))
        .resilver(request);
  }

  static void planFailback(TestBed bed) {
    failBack(bed, Typed.json(BACK));
  }

  /** A Failback that heals west, and whose move is decided about so. */
  static void failBack(TestBed bed, String decision) {
    RawRequest execute = approval(bed, "failback", StreamingPlays::failBack, BACK);
    FailbackWorkflow run =
        bed.client().newWorkflowStub(FailbackWorkflow.class, TestBed.options("failback"));
    WorkflowClient.start(run::failBack, execute);
    bed.temporal().sleep(Duration.ofMinutes(5));
    String plan = run.plan().digest();
    run.decide(
        Typed.json(
            "{'decision':'" + decision + "','by':'bob','reason':'seen','digest':'" + plan + "'}"));
    try {
      bed.client().newUntypedWorkflowStub("failback").getResult(FailbackResult.class);
    } finally {
      bed.closeChildren();
    }
  }

  private static void failBack(TestBed bed, RawRequest request) {
    bed.client()
        .newWorkflowStub(FailbackWorkflow.class, TestBed.options("failback"))
        .failBack(request);
  }

  /** A standby is down, and its data is lost. */
  static void loseWest(TestBed bed) {
    bed.world().members().kill("west-0");
    bed.world().directories().lose("west-0");
    bed.world().members().write("east-0");
  }

  /** A ReplicationSetup. */
  static void replicate(TestBed bed, String json) {
    bed.client()
        .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("replication"))
        .setUp(Typed.json(json));
  }

  /** The primary dies with WAL that nobody else has, and a standby takes over. */
  static void divergeEast(TestBed bed) {
    Strait.divergeEast(bed.world().members());
  }

  /** A standby stands still, so that its walsender holds the primary's stop. */
  static void freezeInTheStop(TestBed bed) {
    bed.faults()
        .before(
            call -> call.method().equals("ensureHandedOver"),
            () -> bed.world().members().freeze("east-1"));
  }

  private static void approved(
      TestBed bed, String id, BiConsumer<TestBed, RawRequest> run, String json) {
    RawRequest execute = approval(bed, id, run, json);
    try {
      run.accept(bed, execute);
    } finally {
      bed.closeChildren();
    }
  }

  /** Plans; that request as one that executes the plan. */
  private static RawRequest approval(
      TestBed bed, String id, BiConsumer<TestBed, RawRequest> run, String json) {
    run.accept(bed, Typed.json(json));
    String digest = bed.client().newUntypedWorkflowStub(id).query("plan", Plan.class).digest();
    return Typed.json(
        json.replace("}", ",'mode':'execute','by':'alice','digest':'" + digest + "'}"));
  }
}
