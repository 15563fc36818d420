package dev.mooring.runbook.check;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailoverActivities.FenceHost;
import dev.mooring.port.FailoverActivities.Power;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.FenceCommand.From;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Runs the checks of the fence commands, for hosts that are on, from where those commands would
 * run. The commands themselves are not run.
 */
final class FencePower {
  /** A check has 10 s. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(20);

  private final Cluster cluster;
  private final Map<String, Promise<Observed<PowerObserved>>> seen = new TreeMap<>();

  /** Begins all checks in parallel. */
  FencePower(Cluster cluster, Call call) {
    this.cluster = cluster;
    Observations looks = Observations.toAct(ANSWERED_WITHIN);
    for (FenceCommand fence : fences()) {
      Instance there = firstOn(fence.host());
      seen.put(
          fence.host().value(),
          looks.begin(
              new Observations.At(
                  "the check of " + fence.inWords(),
                  ActivityPolicies.queueOf(site(fence)),
                  FailureCode.HOST_SILENT),
              FailoverActivities.class,
              port -> port::observePower,
              new FenceHost(call, there.id(), cluster.host(fence.host()), fence, from(fence))));
    }
  }

  private List<FenceCommand> fences() {
    return cluster.streaming().stream()
        .flatMap(policy -> policy.failover().fences().stream())
        .filter(fence -> on(fence.host()).findFirst().isPresent())
        .toList();
  }

  private Stream<Instance> on(HostName host) {
    return cluster.members().stream().filter(member -> member.host().equals(host));
  }

  private Instance firstOn(HostName host) {
    return on(host).findFirst().orElseThrow();
  }

  /** The site of the host that runs it, else another site than that of the host to power off. */
  private SiteName site(FenceCommand fence) {
    if (fence.from() instanceof From.WorkerOf worker) {
      return worker.site();
    }
    HostName on = ((From.OnHost) fence.from()).name();
    SiteName own = firstOn(fence.host()).site();
    return first(member -> member.host().equals(on), first(m -> !m.site().equals(own), own));
  }

  private SiteName first(Predicate<Instance> wanted, SiteName otherwise) {
    return cluster.members().stream()
        .filter(wanted)
        .map(Instance::site)
        .findFirst()
        .orElse(otherwise);
  }

  private List<Host> from(FenceCommand fence) {
    return fence.from() instanceof From.OnHost host
        ? List.of(cluster.host(host.name()))
        : List.of();
  }

  /** The power state of a host; unknown if its check did not answer. */
  List<PowerObserved> of(HostWork work) {
    HostName host = work.host().name();
    Promise<Observed<PowerObserved>> answer = seen.get(host.value());
    if (answer == null) {
      return List.of();
    }
    Observed<PowerObserved> observed = answer.get();
    return observed instanceof Observed.Unseen<PowerObserved> unseen
        ? List.of(new PowerObserved(host, Power.UNKNOWN, unseen.why()))
        : observed.seen().stream().toList();
  }
}
