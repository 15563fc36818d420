package dev.mooring.starter.temporal;

import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
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
    return new Planned(stub.query("progress", Progress.class), stub.query("plan", Plan.class));
  }
}
