package dev.mooring.runbook.watch;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.StartAfterReboot;
import dev.mooring.port.RunActivities.StartedAfterReboot;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunIds;
import dev.mooring.topology.Cluster;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks for one StartPrimary in each boot of the primary's host. The run decides for itself, by what
 * it observes under its locks; its id has the boot, so that Temporal refuses a second one.
 */
final class StartsAfterReboot {
  /** The call is repeated for that long; then a person, who is notified by then, starts it. */
  private static final Duration STARTED_WITHIN = Duration.ofMinutes(1);

  private final Cluster cluster;
  private final Automation automation;
  private final List<String> asked = new ArrayList<>();
  private Optional<RebootedWriter> down = Optional.empty();

  StartsAfterReboot(Cluster cluster, Automation automation) {
    this.cluster = cluster;
    this.automation = automation;
  }

  /** Takes what is steady now. */
  void saw(List<SiteState> sites) {
    down =
        cluster.streaming().orElseThrow().watch().startsAfterReboot()
            ? RebootedWriter.of(cluster, sites)
            : Optional.empty();
  }

  /** Whether a primary is down in a boot without a run, and no person paused automation. */
  boolean isDue() {
    return automation.pauses().isEmpty()
        && down.filter(one -> !asked.contains(one.boot())).isPresent();
  }

  /** Starts the run, and returns what became of it, in words. */
  String start() {
    RebootedWriter one = down.orElseThrow();
    String id = RunIds.startAfterReboot(cluster.name(), one.boot());
    RunActivities port =
        Workflow.newActivityStub(
            RunActivities.class,
            ActivityPolicies.within(
                ActivityPolicies.SHARED_QUEUE,
                "start " + one.instance().id() + " after a reboot",
                STARTED_WITHIN));
    asked.add(one.boot());
    try {
      StartedAfterReboot run =
          port.ensureStartedAfterReboot(new StartAfterReboot(cluster.name(), one.boot(), id));
      return String.format(
          "%s is down since its host started again; %s %s",
          one.instance().id(), id, run.started() ? "was started" : "was started before");
    } catch (TemporalFailure failure) {
      return id + " was not started: " + Explained.unlessStopped(failure).sentence();
    }
  }
}
