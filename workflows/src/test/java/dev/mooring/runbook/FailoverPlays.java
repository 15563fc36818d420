package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.ends;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.failover.FailoverWorkflow;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;

/** The Failovers, of a primary that was killed, whose histories are kept. */
final class FailoverPlays {
  private static final String ID = "failover";
  private static final String OVER = "{'cluster':'strait','to':'west-0'}";

  private FailoverPlays() {}

  private static FailoverWorkflow stub(TestBed bed) {
    return bed.client().newWorkflowStub(FailoverWorkflow.class, TestBed.options(ID));
  }

  private static void run(TestBed bed, RawRequest request) {
    stub(bed).failOver(request, null);
  }

  private static void dies(TestBed bed) {
    bed.world().members().kill("east-0");
  }

  static void completed(TestBed bed) {
    dies(bed);
    StreamingPlays.approved(bed, ID, FailoverPlays::run, OVER);
  }

  /** A person is waited for, and approves the plan that the run shows. */
  static void approvedWhileItWaits(TestBed bed) {
    dies(bed);
    WorkflowStub run = bed.client().newUntypedWorkflowStub(ID);
    RawRequest asked = Typed.json(OVER.replace("}", ",'mode':'execute','by':'alice'}"));
    WorkflowClient.start(stub(bed)::failOver, asked, null);
    bed.until(ID, "waits for an approval");
    String digest = run.query("plan", Plan.class).digest();
    StreamingPlays.decide(run, "approve", ",'digest':'" + digest + "'");
    StreamingPlays.result(bed, ID);
  }

  static Cluster fencedByCommand() {
    return Strait.synchronous(
        "{fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]}");
  }

  /** With its host. */
  static void poweredOff(TestBed bed) {
    dies(bed);
    bed.world().trouble().hostAnswers("e0", false);
    StreamingPlays.approved(
        bed,
        ID,
        FailoverPlays::run,
        "{'cluster':'strait','to':'west-0','by':'alice','overrides':'after-reboot','reason':'its"
            + " cable is out'}");
  }

  /** It writes. */
  static void byPatroni(TestBed bed) {
    bed.patroni().loses("east-0");
    StreamingPlays.approved(bed, ID, FailoverPlays::run, OVER);
  }

  /** The candidate dies before it is promoted. */
  static void rolledBack(TestBed bed) {
    bed.faults()
        .before(
            call -> call.method().equals("ensurePromoted"),
            () -> bed.world().members().kill("west-0"));
    ends("RolledBack", () -> completed(bed));
  }

  /** Its loss is attested, for its host is silent. */
  static void attested(TestBed bed) {
    dies(bed);
    bed.world().trouble().hostAnswers("e0", false);
    StreamingPlays.approved(
        bed,
        ID,
        FailoverPlays::run,
        "{'cluster':'strait','to':'west-0','by':'alice','lost':'east-0 is lost: its disks"
            + " burnt','overrides':'after-reboot','reason':'its disks burnt'}");
  }

  static void workersLost(TestBed bed) {
    bed.faults().plan(call -> call.method().equals("ensurePromoted"), Fault.WORKERS_LOST);
    completed(bed);
  }
}
