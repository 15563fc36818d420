package dev.mooring.starter.temporal;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.RunIds;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks Temporal what it knows of a cluster. */
public final class ServiceLook {
  private ServiceLook() {}

  /** Connects and asks. */
  public static ServiceFacts at(ServerChoice choice, Cluster cluster) {
    try (TemporalServer server = TemporalServer.connect(choice)) {
      RunSchedules schedules = new RunSchedules(server);
      return new ServiceFacts(
          server.address(),
          new RunListing(server).openOf(cluster.name().value()),
          scheduleIds(cluster).stream()
              .map(schedules::find)
              .flatMap(Optional::stream)
              .map(ServiceLook::standing)
              .toList(),
          unserved(server, cluster));
    }
  }

  private static List<String> unserved(TemporalServer server, Cluster cluster) {
    TaskQueues queues = new TaskQueues(server);
    List<String> unserved = new ArrayList<>();
    if (!queues.servesRunbooks(ActivityPolicies.SHARED_QUEUE)) {
      unserved.add(ActivityPolicies.SHARED_QUEUE);
    }
    for (Site site : cluster.sites()) {
      String queue = ActivityPolicies.queueOf(site.name());
      if (!queues.servesActivities(queue)) {
        unserved.add(queue);
      }
    }
    return unserved;
  }

  private static ServiceFacts.Standing standing(ScheduleDescription found) {
    ScheduleState state = found.getSchedule().getState();
    return new ServiceFacts.Standing(
        found.getId(),
        found.getSchedule().getSpec().getIntervals().stream()
            .map(ScheduleIntervalSpec::getEvery)
            .findFirst()
            .orElse(Duration.ZERO),
        state.isPaused(),
        Optional.ofNullable(state.getNote()).orElse(""),
        state.isPaused()
            ? Optional.empty()
            : found.getInfo().getNextActionTimes().stream().findFirst());
  }

  /** The ids that schedules of a cluster may have. */
  private static List<String> scheduleIds(Cluster cluster) {
    ClusterName name = cluster.name();
    SiteName publisher = cluster.policies().publish().site();
    List<String> ids = new ArrayList<>(List.of(RunIds.publish(name)));
    cluster.sites().stream()
        .map(Site::name)
        .filter(site -> !site.equals(publisher))
        .forEach(site -> ids.add(RunIds.consume(name, site)));
    return ids;
  }
}
