package dev.mooring.runbook.switchover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.function.Predicate;

/** Switchovers over the cluster in memory, and what must hold whatever becomes of them. */
final class SwitchoverBed implements AutoCloseable {
  static final String TO_WEST = "{'cluster':'strait','to':'west-0'}";
  private static final String RUN = "switchover";
  private static final long LOOKS = 600;

  final TestBed bed;

  SwitchoverBed(Cluster cluster) {
    bed = new TestBed(new FakeCluster(cluster), SwitchoverImpl.class);
  }

  FakeCluster world() {
    return bed.world();
  }

  private SwitchoverWorkflow stub() {
    WorkflowOptions options =
        TestBed.options(RUN).toBuilder().setWorkflowRunTimeout(Duration.ofDays(400)).build();
    return bed.client().newWorkflowStub(SwitchoverWorkflow.class, options);
  }

  /** Something happens right before every call of that method. */
  void before(String method, Runnable what) {
    bed.faults().before(call -> call.method().equals(method), what);
  }

  /** Runs to the end. */
  SwitchoverResult run(String json) {
    try {
      return result(begin(json));
    } finally {
      bed.closeChildren();
    }
  }

  /** Plans the move, and makes it with the plan's digest. */
  SwitchoverResult execute(String json) {
    return run(approved(json, run(json).digest()));
  }

  TestBed.Ended ended(String json) {
    return TestBed.ended(() -> run(json));
  }

  /** That request as one that executes the plan of that digest. */
  static String approved(String json, String digest) {
    return json.replace("}", ",'mode':'execute','by':'alice','digest':'" + digest + "'}");
  }

  /** Starts a run, and waits until its progress is such. */
  WorkflowStub start(String json, Predicate<String> headline) throws InterruptedException {
    WorkflowStub run = begin(json);
    for (int look = 0; look < LOOKS && !headline.test(headline()); look++) {
      Thread.sleep(Duration.ofMillis(50).toMillis());
    }
    assertThat(headline()).matches(headline);
    return run;
  }

  /** The same for what takes its time, ten minutes at most. */
  WorkflowStub startAndLetTimePass(String json, Predicate<String> headline) {
    WorkflowStub run = begin(json);
    letTimePass(headline);
    return run;
  }

  /** Waits until the progress of the run that was started last is such, ten minutes at most. */
  void letTimePass(Predicate<String> headline) {
    bed.awaiting(
        RUN,
        () -> {
          for (int look = 0; look < LOOKS && !headline.test(headline()); look++) {
            bed.temporal().sleep(Duration.ofSeconds(1));
          }
          return assertThat(headline()).matches(headline);
        });
  }

  /** What a run ends with, or throws when it fails. */
  SwitchoverResult result(WorkflowStub run) {
    return bed.awaiting(RUN, () -> run.getResult(SwitchoverResult.class));
  }

  private WorkflowStub begin(String json) {
    SwitchoverWorkflow workflow = stub();
    WorkflowClient.start(workflow::switchOver, Typed.json(json));
    return WorkflowStub.fromTyped(workflow);
  }

  /** What the run that was started last says of itself. */
  String headline() {
    return bed.client().newWorkflowStub(SwitchoverWorkflow.class, RUN).progress().headline();
  }

  /** Decides about a run as a person does. */
  static String decide(WorkflowStub run, String json) {
    return run.update("decide", String.class, Typed.json(json));
  }

  /** Nobody ever took writes beside another, and clients are held no longer. */
  void lawsHold() {
    assertThat(world().members().twoWriters()).isEmpty();
    assertThat(world().endpoints().isPaused("pooler")).isFalse();
  }

  /** All follow that member, and endpoints lead to it. */
  void allFollow(String primary) {
    assertThat(world().members().writers()).containsExactly(primary);
    assertThat(world().members().followersOf(primary)).hasSize(2);
    assertThat(world().endpoints().leadsTo("pooler")).isEqualTo(primary);
    assertThat(world().endpoints().leadsTo("balancer")).isEqualTo(primary);
    lawsHold();
  }

  @Override
  public void close() {
    bed.close();
  }
}
