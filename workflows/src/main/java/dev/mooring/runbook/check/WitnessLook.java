package dev.mooring.runbook.check;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.ConnectionActivities.ConnectionTried;
import dev.mooring.port.ConnectionActivities.TryConnection;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.WitnessActivities;
import dev.mooring.port.WitnessActivities.TryFromHost;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.failover.WitnessMachines;
import dev.mooring.runbook.failover.WitnessMachines.At;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The machines of the witnesses for a primary that is gone: each connects once now. */
final class WitnessLook {
  private static final int ONCE = 1;

  private final Cluster cluster;
  private final Call call;
  private final Observations looks;

  WitnessLook(Cluster cluster, Call call, Observations looks) {
    this.cluster = cluster;
    this.call = call;
    this.looks = looks;
  }

  /** Begins to let each of them connect to the first member. */
  Supplier<WitnessMachines> begin() {
    Instance door = cluster.members().get(0);
    List<Supplier<Stream<At>>> all = new ArrayList<>();
    for (Site site : cluster.sites()) {
      Promise<Observed<ConnectionTried>> tried =
          looks.begin(
              at("the machine of the worker of " + site.name(), site.name()),
              ConnectionActivities.class,
              port -> port::observeConnection,
              new TryConnection(
                  call, cluster.policies().database(), WorkLists.server(cluster, door), ONCE));
      all.add(
          () -> tried.get().seen().stream().map(one -> At.workerOf(site.name(), one.machine())));
    }
    for (HostWork work : WorkLists.byHost(cluster, cluster.members())) {
      SiteName site = work.site();
      Promise<Observed<ConnectionTried>> tried =
          looks.begin(
              at("the machine of " + work.host().name(), site),
              WitnessActivities.class,
              port -> port::observeFromHost,
              new TryFromHost(
                  call, work, cluster.host(door.host()).access().address(), door.port(), ONCE));
      all.add(
          () ->
              tried.get().seen().stream()
                  .map(one -> At.on(work.host().name(), site, one.machine())));
    }
    return () -> new WitnessMachines(cluster, all.stream().flatMap(Supplier::get).toList());
  }

  private static Observations.At at(String what, SiteName site) {
    return new Observations.At(what, ActivityPolicies.queueOf(site), FailureCode.HOST_UNREACHABLE);
  }
}
