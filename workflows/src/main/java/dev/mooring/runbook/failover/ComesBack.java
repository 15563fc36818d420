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
 * Watches while a failover waits for its approval. As soon as the worker of any site observes that
 * the old primary accepts writes again, or the worker of its site that another member does, the
 * wait for approval ends. If a worker is lost, another one continues the watch.
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

  /**
   * Starts the watch. The promise completes when a member accepts writes, and never if none does.
   */
  Promise<RunbookStop> begin() {
    looks.run();
    return seen;
  }

  /** Ends the watch, because the plan was approved. */
  void leave() {
    looks.cancel();
  }

  private void look() {
    for (Site site : context.cluster().sites()) {
      look(site.name(), primary, "comes back");
    }
    for (Instance member : context.cluster().members()) {
      if (!member.equals(primary)) {
        look(member.site(), member, "is promoted");
      }
    }
  }

  private void look(SiteName site, Instance member, String whether) {
    Cluster cluster = context.cluster();
    ConnectionActivities port =
        Workflow.newActivityStub(
            ConnectionActivities.class,
            ActivityPolicies.awaitAnyTime(
                ActivityPolicies.queueOf(site),
                "check whether " + member.id() + " " + whether,
                atMost));
    Return request =
        new Return(
            context.run().call(FailoverStep.APPROVE),
            cluster.policies().database(),
            WorkLists.server(cluster, member),
            WRITES_FOR,
            atMost);
    Async.function(port::awaitReturn, request)
        .handle((came, failure) -> failure == null && seenBy(site, member, came));
  }

  private boolean seenBy(SiteName site, Instance member, Returned came) {
    return came.back()
        && seen.complete(
            RunbookStop.refused(
                FailureCode.PRIMARY_BACK,
                String.format(
                    "%s accepts writes%s, as the worker of %s has observed for %d s; nothing was"
                        + " done",
                    member.id(),
                    member.equals(primary) ? " again" : "",
                    site,
                    WRITES_FOR.toSeconds())));
  }
}
