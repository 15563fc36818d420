package dev.mooring.runbook.failback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;

/**
 * Failbacks over the cluster in memory: east-0 has the primary, west is where it was before and is
 * to be again, and what west-0 had on its disk is gone.
 */
final class FailbackBed implements AutoCloseable {
  static final String TO_WEST = "{'cluster':'strait','to':'west'}";
  private static final String ID = "failback";

  final TestBed bed;

  FailbackBed() {
    this(Strait.cluster());
  }

  FailbackBed(Cluster cluster) {
    bed = new TestBed(new FakeCluster(cluster), FailbackImpl.class);
  }

  FakeCluster world() {
    return bed.world();
  }

  /** West is down, and its data is lost. */
  FailbackBed lostWest() {
    world().members().kill("west-0");
    world().directories().lose("west-0");
    world().members().write("east-0");
    return this;
  }

  /** West was promoted by mistake while the primary was away, wrote, and is down now. */
  FailbackBed strayedWest() {
    world().members().kill("east-0");
    world().members().promote("west-0");
    world().members().write("west-0");
    world().members().kill("west-0");
    world().members().start("east-0");
    return this;
  }

  private FailbackWorkflow stub() {
    WorkflowOptions options =
        TestBed.options(ID).toBuilder().setWorkflowRunTimeout(Duration.ofDays(400)).build();
    return bed.client().newWorkflowStub(FailbackWorkflow.class, options);
  }

  /** Runs to the end. */
  RoleChangeResult run(String json) {
    try {
      return bed.awaiting(ID, () -> stub().failBack(Typed.run(json)));
    } finally {
      bed.closeChildren();
    }
  }

  static String executing(String digest) {
    return TO_WEST.replace("}", ",'mode':'execute','by':'alice','digest':'" + digest + "'}");
  }

  /** Plans, and begins with the plan's digest; goes on once the headline begins so. */
  WorkflowStub begin(String headline) {
    String digest = run(TO_WEST).digest();
    return begin(digest, headline);
  }

  WorkflowStub begin(String digest, String headline) {
    start(executing(digest));
    until(headline);
    return open();
  }

  void start(String json) {
    WorkflowClient.start(stub()::failBack, Typed.run(json));
  }

  WorkflowStub open() {
    return bed.client().newUntypedWorkflowStub(ID);
  }

  /** Lets time pass until the run says that. */
  void until(String headline) {
    bed.until(ID, headline);
  }

  String says() {
    return bed.client().newWorkflowStub(FailbackWorkflow.class, ID).progress().headline();
  }

  String digest() {
    return open().query("plan", Plan.class).digest();
  }

  void decide(String word, String more) {
    decide(word, "bob", more);
  }

  private void decide(String word, String by, String more) {
    String decision = "{'decision':'%s','by':'%s','reason':'looked at it'%s}";
    open().update("decide", String.class, Typed.json(decision.formatted(word, by, more)));
  }

  /** Approves the plan that is waited for, with that person's signature. */
  void sign(ApprovalSigner person) {
    Instant now = Instant.ofEpochMilli(bed.temporal().currentTimeMillis());
    String run = bed.client().newUntypedWorkflowStub(ID).describe().getExecution().getRunId();
    open().update("decide", String.class, Typed.json(person.approve(ID, run, digest(), now)));
  }

  /** Approves the plan that is waited for. */
  void approve() {
    approve("bob");
  }

  /** The same by that person. */
  void approve(String by) {
    decide("approve", by, ",'digest':'" + digest() + "'");
  }

  RoleChangeResult result() {
    try {
      return bed.awaiting(ID, () -> open().getResult(RoleChangeResult.class));
    } finally {
      bed.closeChildren();
    }
  }

  TestBed.Ended ended() {
    return TestBed.ended(this::result);
  }

  /** That member accepts writes alone, all others follow it, clients are led to it. */
  void stands(String primary) {
    assertThat(world().members().writers()).containsExactly(primary);
    assertThat(world().members().followersOf(primary)).hasSize(2);
    assertThat(world().endpoints().pointsAt("pooler")).isEqualTo(primary);
    lawsHold();
  }

  void lawsHold() {
    assertThat(world().members().twoWriters()).isEmpty();
    assertThat(world().endpoints().isPaused("pooler")).isFalse();
  }

  @Override
  public void close() {
    bed.close();
  }
}
