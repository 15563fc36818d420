package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.TestBed;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Runs of one runbook over the cluster in memory, one after the other.
 *
 * @param <R> what they end with
 */
public abstract class RunBed<R> implements AutoCloseable {
  /** Real time where a call is under way, for the test server's clock stands still then. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private static final Duration AT_MOST = Duration.ofMinutes(10);

  /** Where they run. */
  public final TestBed bed;

  private final String type;
  private final String run;
  private final Class<R> result;

  /**
   * @param type the workflow type's name
   * @param run the runs' id
   */
  protected RunBed(Cluster cluster, Class<?> runbook, String type, String run, Class<R> result) {
    this.bed = new TestBed(new FakeCluster(cluster), runbook);
    this.type = type;
    this.run = run;
    this.result = result;
  }

  public FakeCluster world() {
    return bed.world();
  }

  /** Something happens right before every call of that method. */
  public void before(String method, Runnable what) {
    bed.faults().before(call -> call.method().equals(method), what);
  }

  /** Runs to the end. */
  public R run(String json) {
    try {
      return result(begin(json));
    } finally {
      bed.closeChildren();
    }
  }

  /** Plans it, and does it with the plan's digest. */
  public R execute(String json) {
    return run(approved(json, digestOf(run(json))));
  }

  /** Of the plan that a run ended with. */
  protected abstract String digestOf(R planned);

  public TestBed.Ended ended(String json) {
    return TestBed.ended(() -> run(json));
  }

  /** That request as one that executes the plan of that digest. */
  public static String approved(String json, String digest) {
    String by = json.contains("'by'") ? "" : ",'by':'alice'";
    return json.replace("}", by + ",'mode':'execute','digest':'" + digest + "'}");
  }

  /** Starts a run, and lets time pass until its progress is such, ten minutes at most. */
  public WorkflowStub start(String json, Predicate<String> headline) {
    WorkflowStub begun = begin(json);
    until(this::headline, headline);
    return begun;
  }

  /** Starts a run, and waits until its progress is such, while no time is skipped. */
  public WorkflowStub startInRealTime(String json, Predicate<String> headline)
      throws InterruptedException {
    WorkflowStub run = begin(json);
    assertThat(Limit.reached(30, () -> headline.test(headline()))).as(headline()).isTrue();
    return run;
  }

  /** Lets time pass until something that a run says is such, ten minutes at most. */
  public void until(Supplier<String> says, Predicate<String> such) {
    bed.awaiting(
        run,
        () -> {
          long looks = AT_MOST.dividedBy(betweenLooks());
          String said = says.get();
          for (int look = 0; look < looks && !such.test(said); look++) {
            bed.temporal().sleep(betweenLooks());
            said = says.get();
          }
          return assertThat(said).matches(such, "what is waited for");
        });
  }

  /** Lets time pass while the run that is open does nothing but wait. */
  public void passes(Duration time) {
    bed.passes(run, time);
  }

  /** How long is waited from one look at a run to the next. */
  protected Duration betweenLooks() {
    return BETWEEN_LOOKS;
  }

  /** What a run ends with, or throws when it fails. */
  public R result(WorkflowStub begun) {
    return bed.awaiting(run, () -> begun.getResult(result));
  }

  public WorkflowStub begin(String json) {
    WorkflowStub begun = bed.client().newUntypedWorkflowStub(type, options());
    begun.start(Typed.run(json));
    return begun;
  }

  protected WorkflowOptions options() {
    return TestBed.options(run);
  }

  /** The run that was started last. */
  protected WorkflowStub last() {
    return bed.client().newUntypedWorkflowStub(run);
  }

  /**
   * How long the run that was started last took, by its own times: once it is over the test
   * server's clock jumps on to whatever was to be done later.
   */
  public Duration lasted() {
    WorkflowExecutionDescription ended = last().describe();
    return Duration.between(ended.getStartTime(), ended.getCloseTime());
  }

  /** What the run that was started last says of itself. */
  public String headline() {
    return last().query("progress", Progress.class).headline();
  }

  /** Decides about a run as a person does. */
  public static String decide(WorkflowStub run, String json) {
    return run.update("decide", String.class, Typed.json(json));
  }

  @Override
  public void close() {
    bed.close();
  }
}
