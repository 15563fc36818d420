package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.runbook.RunBed;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Watches over the cluster in memory. */
final class WatchBed extends RunBed<Void> {
  private static final String WATCH = "{'cluster':'strait'}";

  WatchBed(Cluster cluster) {
    super(
        cluster,
        ReplicationWatchImpl.class,
        "ReplicationWatch",
        "mooring:strait:watch",
        Void.class);
  }

  @Override
  protected String digestOf(Void nothing) {
    throw new IllegalStateException("a watch has no plan");
  }

  @Override
  protected WorkflowOptions options() {
    return super.options().toBuilder().setWorkflowRunTimeout(Duration.ofDays(400)).build();
  }

  /** A watch has no mode. */
  @Override
  public WorkflowStub begin(String json) {
    WorkflowStub begun = bed.client().newUntypedWorkflowStub("ReplicationWatch", options());
    begun.start(Typed.json(json));
    return begun;
  }

  /** Begins one, and waits until all sites are watched. */
  WorkflowStub watching() {
    WorkflowStub run = begin(WATCH);
    untilState(
        state ->
            !state.sites().isEmpty()
                && state.sites().stream().allMatch(site -> site.seen() == SiteState.Seen.WATCHED));
    return run;
  }

  WatchState state() {
    return last().query("watched", WatchState.class);
  }

  Monitoring monitoring() {
    return last().query("monitoring", Monitoring.class);
  }

  /** The diagnoses that are open, by id and subject. */
  List<String> open() {
    return state().diagnoses().stream().map(one -> one.kind().id() + " " + one.subject()).toList();
  }

  void untilState(Predicate<WatchState> such) {
    until(() -> String.valueOf(such.test(state())), "true"::equals);
  }

  void untilOpen(String... diagnoses) {
    until(() -> String.join(", ", open()), String.join(", ", diagnoses)::equals);
  }

  String update(String name, String json) {
    return last().update(name, String.class, Typed.json(json));
  }

  /** Which of the runs that followed each other runs now. */
  String runId() {
    return last().describe().getExecution().getRunId();
  }
}
