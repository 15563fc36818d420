package dev.mooring.runbook.publish;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceActivities.ArchivingObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Observes the archive settings of a Greenplum's mirrors. */
public final class MirrorsLook {
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);

  private MirrorsLook() {}

  /** Begins to read the settings on all hosts; the supplier returns the sentences to report. */
  static Supplier<List<String>> begin(Cluster cluster, Call call, List<Instance> mirrors) {
    Observations looks = new Observations(ANSWERED_WITHIN);
    List<Supplier<List<String>>> begun = new ArrayList<>();
    for (HostWork work : WorkLists.byHost(cluster, mirrors)) {
      Promise<Observed<ArchivingObserved>> seen = begin(looks, call, work);
      begun.add(
          () ->
              work.instances().stream()
                  .flatMap(i -> MirrorsCheck.judge(i, seen.get()).stream())
                  .toList());
    }
    return () -> begun.stream().flatMap(host -> host.get().stream()).toList();
  }

  /** Begins to read the settings of the mirrors on one host. */
  public static Promise<Observed<ArchivingObserved>> begin(
      Observations looks, Call call, HostWork work) {
    return looks.begin(
        Observations.At.on(work, "what is archived with on", FailureCode.HOST_UNREACHABLE),
        InstanceActivities.class,
        port -> port::observeArchiving,
        new ObserveInstances(call, work));
  }
}
