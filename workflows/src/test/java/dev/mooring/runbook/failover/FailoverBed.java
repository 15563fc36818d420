package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunBed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Failovers over the cluster in memory, and what must hold whatever becomes of them. */
final class FailoverBed extends RunBed<RoleChangeResult> {
  static final String OVER = "{'cluster':'strait','to':'west-0'}";

  /** The same where the other one that may have confirmed commits is not read. */
  static final String ALONE =
      "{'cluster':'strait','to':'west-0','overrides':'waited-for,fetch-wal','by':'alice','reason':'the"
          + " other one is gone too'}";

  /** The same where nothing shows that the old primary stays down once its host is on again. */
  static final String OFF =
      "{'cluster':'strait','to':'west-0','overrides':'after-reboot','by':'alice','reason':'its"
          + " cable is out'}";

  FailoverBed(Cluster cluster) {
    super(cluster, FailoverImpl.class, "Failover", "failover", RoleChangeResult.class);
  }

  @Override
  protected String digestOf(RoleChangeResult planned) {
    return planned.digest();
  }

  @Override
  protected WorkflowOptions options() {
    return super.options().toBuilder().setWorkflowRunTimeout(Duration.ofDays(400)).build();
  }

  /** Starts a run that watches, and lets it come to such a note. */
  WorkflowStub watching(String json, Predicate<String> note) {
    WorkflowStub run = begin(json);
    until(this::watched, note);
    return run;
  }

  /** The calls that are under way, by their types. */
  List<String> underWay() {
    return last().describe().getRawDescription().getPendingActivitiesList().stream()
        .map(call -> call.getActivityType().getName())
        .toList();
  }

  /**
   * Whether the watch noted that, and both sites do nothing but watch. Only then may a test stop
   * the run: the test server (1.38.0) refuses a workflow task that takes back a call which has just
   * ended, and then takes no update of it ("Already accepted update").
   */
  boolean goesOnAfter(String note) {
    return watched().contains(note) && underWay().equals(List.of("AwaitSilence", "AwaitSilence"));
  }

  /** Lets time pass until the watch notes that. */
  void untilWatched(Predicate<String> note) {
    until(this::watched, note);
  }

  /** Which of those that followed each other runs now. */
  String runId() {
    return last().describe().getExecution().getRunId();
  }

  private String watched() {
    return last().query("progress", Progress.class).steps().stream()
        .filter(step -> step.step().equals("WATCH"))
        .map(Progress.StepProgress::note)
        .findFirst()
        .orElse("");
  }

  /** What the last run means to do. */
  Plan plan() {
    return last().query("plan", Plan.class);
  }

  /** In one moment: a run that watches hears nothing of either. */
  void primaryDiesWithItsHost() {
    synchronized (world().members()) {
      world().members().kill("east-0");
      world().trouble().hostAnswers("e0", false);
    }
  }

  /** Nobody ever accepted writes beside another, and clients are held no longer. */
  void lawsHold() {
    assertThat(world().members().twoWriters()).isEmpty();
    assertThat(world().endpoints().isPaused("pooler")).isFalse();
  }

  /** It accepts writes, so many follow it, and endpoints lead to it. */
  void isPrimary(String primary, String... followers) {
    assertThat(world().members().writers()).containsExactly(primary);
    assertThat(world().members().followersOf(primary)).containsExactlyInAnyOrder(followers);
    assertThat(world().endpoints().pointsAt("pooler")).isEqualTo(primary);
    assertThat(world().endpoints().pointsAt("balancer")).isEqualTo(primary);
    lawsHold();
  }
}
