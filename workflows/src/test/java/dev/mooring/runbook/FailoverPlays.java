package dev.mooring.runbook;

import static dev.mooring.runbook.StreamingPlays.cancelled;
import static dev.mooring.runbook.StreamingPlays.decideOnHold;
import static dev.mooring.runbook.StreamingPlays.ends;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.runbook.failover.FailoverWorkflow;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.time.Instant;

/** The Failovers, of a primary that was killed, whose histories are kept. */
final class FailoverPlays {
  private static final String ID = "failover";
  private static final String OVER = "{'cluster':'strait','to':'west-0'}";

  private FailoverPlays() {}

  private static FailoverWorkflow stub(TestBed bed) {
    return bed.client().newWorkflowStub(FailoverWorkflow.class, TestBed.options(ID));
  }

  private static void run(TestBed bed, RawRequest request) {
    stub(bed).failOver(request);
  }

  private static void dies(TestBed bed) {
    bed.world().members().kill("east-0");
  }

  static void planned(TestBed bed) {
    dies(bed);
    run(bed, Typed.json(OVER));
  }

  static void completed(TestBed bed) {
    dies(bed);
    StreamingPlays.approved(bed, ID, FailoverPlays::run, OVER);
  }

  static Cluster withoutAPerson() {
    return Strait.synchronous("{automatic: {}}");
  }

  static void unattended(TestBed bed) {
    Instant now = Instant.ofEpochMilli(bed.temporal().currentTimeMillis());
    Strait.rehearsed(bed.world(), "east-0", now, true, Proof.FENCE, Proof.LAUNCHER, Proof.CONTROL);
    dies(bed);
    run(
        bed,
        Typed.json("{'cluster':'strait','when':'primary-down','mode':'execute','by':'alice'}"));
  }

  static Cluster fencedByCommand() {
    return Strait.synchronous(
        "{fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]}");
  }

  /** With its host. */
  static void poweredOff(TestBed bed) {
    bed.world().trouble().hostAnswers("e0", false);
    completed(bed);
  }

  /** It writes. */
  static void byPatroni(TestBed bed) {
    bed.patroni().loses("east-0");
    StreamingPlays.approved(bed, ID, FailoverPlays::run, OVER);
  }

  static void refused(TestBed bed) {
    RawRequest execute =
        Typed.json("{'cluster':'strait','to':'west-0','mode':'execute','by':'alice'}");
    ends("Refused", () -> run(bed, execute));
  }

  static void badInput(TestBed bed) {
    ends("BAD_INPUT", () -> run(bed, Typed.json("{'claster':'strait'}")));
  }

  static void failed(TestBed bed) {
    StreamingPlays.withoutClusterFile(bed);
    ends("Failed", () -> planned(bed));
  }

  /** The candidate dies before it is promoted. */
  static void rolledBack(TestBed bed) {
    bed.faults()
        .before(
            call -> call.method().equals("ensurePromoted"),
            () -> bed.world().members().kill("west-0"));
    ends("RolledBack", () -> completed(bed));
  }

  static void cancelledInFence(TestBed bed) {
    dies(bed);
    RawRequest execute = StreamingPlays.approval(bed, ID, FailoverPlays::run, OVER);
    StreamingPlays.stopIn(bed, ID, "FENCE", WorkflowStub::cancel);
    cancelled(() -> begun(bed, execute));
  }

  /** Its loss is attested, for its host is silent. */
  static void attested(TestBed bed) {
    dies(bed);
    bed.world().trouble().hostAnswers("e0", false);
    StreamingPlays.approved(
        bed,
        ID,
        FailoverPlays::run,
        "{'cluster':'strait','to':'west-0','by':'alice','lost':'its disks burnt'}");
  }

  private static void begun(TestBed bed, RawRequest execute) {
    WorkflowClient.start(stub(bed)::failOver, execute);
    StreamingPlays.result(bed, ID);
  }

  static void outcomeUnknown(TestBed bed) {
    bed.faults().plan(call -> call.method().equals("ensurePromoted"), Fault.OUTCOME_UNKNOWN);
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
    dies(bed);
    RawRequest execute = StreamingPlays.approval(bed, ID, FailoverPlays::run, OVER);
    StreamingPlays.failing(bed, "ROUTE");
    WorkflowClient.start(stub(bed)::failOver, execute);
    decideOnHold(bed, ID, decision);
  }
}
