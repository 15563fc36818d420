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

/** The open Failback of a cluster: it holds no lock while what it resilvered catches up. */
public final class OpenFailback {
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);

  private OpenFailback() {}

  /** It in words, or why the open runs can't be read; empty if none is open. */
  public static Optional<String> of(ClusterName cluster) {
    return of(Observations.despiteLoss(ANSWERED_WITHIN), cluster);
  }

  /** The same for a run that is to act without a person. */
  public static Optional<String> toAct(RunContext context) {
    return of(MonitoringLook.looksToAct(context), context.cluster().name());
  }

  private static Optional<String> of(Observations looks, ClusterName cluster) {
    return looks
        .begin(
            new Observations.At(
                "Temporal", ActivityPolicies.SHARED_QUEUE, FailureCode.OUTCOME_UNKNOWN),
            RunActivities.class,
            port -> port::observeService,
            new ObserveService(cluster, List.of()))
        .get()
        .match(
            OpenFailback::inWords,
            unseen -> Optional.of("the open runs can't be read: " + unseen.why()));
  }

  private static Optional<String> inWords(ServiceObserved seen) {
    return seen.open().stream()
        .filter(run -> run.runbook().equals(Runbook.FAILBACK.type()))
        .map(OpenRun::workflowId)
        .findFirst()
        .map(id -> "Failback (workflow " + id + ") is open");
  }
}
