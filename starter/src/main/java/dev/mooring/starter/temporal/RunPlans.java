package dev.mooring.starter.temporal;

import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.starter.console.CommandFailure;
import io.temporal.client.WorkflowStub;

/** What runs in mode plan found. */
public final class RunPlans {
  private final TemporalServer server;

  /** Asks runs there. */
  public RunPlans(TemporalServer server) {
    this.server = server;
  }

  /** A run's plan and how it came to it. */
  public record Planned(Progress progress, Plan plan) {}

  /** Asks a run, open or ended, for its plan. */
  public Planned of(RunReference run) {
    WorkflowStub stub = server.stub(run);
    return new Planned(stub.query("progress", Progress.class), of(stub));
  }

  /**
   * The plan of a run. Who writes to the namespace may answer for a run: a digest is neither shown
   * nor signed beside what it is not of.
   */
  static Plan of(WorkflowStub run) {
    Plan plan = run.query("plan", Plan.class);
    if (!plan.isOfItsDigest()) {
      throw CommandFailure.refused(
          "the run shows another plan than that of its digest " + plan.digest(),
          "do not approve it; find out who writes to the namespace. A workflow worker of another"
              + " release shows less: upgrade all workers, then start the run again");
    }
    return plan;
  }
}
