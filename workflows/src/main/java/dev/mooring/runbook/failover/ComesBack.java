package dev.mooring.runbook.failover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.ConnectionActivities.Return;
import dev.mooring.port.ConnectionActivities.Returned;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * Watches the old primary while a failover waits for its approval. As soon as the worker of any
 * site observes that it accepts writes again, the wait for approval ends. If a worker is lost,
 * another one continues the watch.
 */
final class ComesBack {
  /** A primary that starts and stops again is not back. */
  private static final Duration WRITES_FOR = Duration.ofSeconds(3);

  private final RunContext context;
  private final Instance primary;
  private final Duration atMost;
  private final CompletablePromise<RunbookStop> seen = Workflow.newPromise();
  private final CancellationScope looks = Workflow.newCancellationScope(this::look);

  /**
   * Watches during one wait for approval.
   *
   * @param atMost how long that wait lasts
   */
  ComesBack(RunContext context, Instance primary, Duration atMost) {
    this.context = context;
    this.primary = primary;
    this.atMost = atMost;
  }

  /** Starts the watch. The promise completes when the primary is back, and never if it is not. */
  Promise<RunbookStop> begin() {
    looks.run();
    return seen;
  }

  /** Ends the watch, because the plan was approved. */
  void leave() {
    looks.cancel();
  }

  private void look() {
    Cluster cluster = context.cluster();
    for (Site site : cluster.sites()) {
      ConnectionActivities port =
          Workflow.newActivityStub(
              ConnectionActivities.class,
              ActivityPolicies.awaitAnyTime(
                  ActivityPolicies.queueOf(site.name()),
                  "check whether " + primary.id() + " comes back",
                  atMost));
      Return request =
          new Return(
              context.run().call(FailoverStep.APPROVE),
              cluster.policies().database(),
              WorkLists.server(cluster, primary),
              WRITES_FOR,
              atMost);
      Async.function(port::awaitReturn, request)
          .handle((came, failure) -> failure == null && seenBy(site.name(), came));
    }
  }

  private boolean seenBy(SiteName site, Returned came) {
    return came.back()
        && seen.complete(
            RunbookStop.refused(
                FailureCode.PRIMARY_BACK,
                String.format(
                    "%s accepts writes again, as the worker of %s has observed for %d s; nothing"
                        + " was done",
                    primary.id(), site, WRITES_FOR.toSeconds())));
  }
}
