package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.ObserveService;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.port.Runbook;
import dev.mooring.topology.ClusterName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The open Failback of a cluster: it holds no lock while what it resilvered catches up. */
public final class OpenFailback {
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);

  private OpenFailback() {}

  /**
   * It, or another open run, in words, or why the open runs can't be read; empty if none is open.
   *
   * @param id whether a workflow id is that of another one
   */
  public static Optional<String> orRun(ClusterName cluster, Predicate<String> id) {
    return of(
        Observations.despiteLoss(ANSWERED_WITHIN),
        cluster,
        run -> isFailback(run) || id.test(run.workflowId()));
  }

  /**
   * The same of it, of a Failover under any other id, and of a start of the primary after a reboot.
   *
   * @param own the workflow id of the Failover that is to be started
   */
  public static Optional<String> orFailover(ClusterName cluster, String own) {
    String start = RunIds.startAfterReboot(cluster, "");
    return of(
        Observations.despiteLoss(ANSWERED_WITHIN),
        cluster,
        run ->
            isFailback(run)
                || (run.runbook().equals(Runbook.FAILOVER.type()) && !run.workflowId().equals(own))
                || run.workflowId().startsWith(start));
  }

  /** It alone for a run that is to act without a person. */
  public static Optional<String> toAct(RunContext context) {
    return of(
        MonitoringLook.looksToAct(context), context.cluster().name(), OpenFailback::isFailback);
  }

  private static boolean isFailback(OpenRun run) {
    return run.runbook().equals(Runbook.FAILBACK.type());
  }

  private static Optional<String> of(
      Observations looks, ClusterName cluster, Predicate<OpenRun> which) {
    return looks
        .begin(
            new Observations.At(
                "Temporal", ActivityPolicies.SHARED_QUEUE, FailureCode.OUTCOME_UNKNOWN),
            RunActivities.class,
            port -> port::observeService,
            new ObserveService(cluster, List.of()))
        .get()
        .match(
            seen -> inWords(seen, which),
            unseen -> Optional.of("the open runs can't be read: " + unseen.why()));
  }

  private static Optional<String> inWords(ServiceObserved seen, Predicate<OpenRun> which) {
    return seen.open().stream()
        .filter(which)
        .findFirst()
        .map(run -> String.format("%s (workflow %s) is open", run.runbook(), run.workflowId()));
  }
}
