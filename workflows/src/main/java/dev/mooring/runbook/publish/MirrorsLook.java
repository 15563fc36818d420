package dev.mooring.runbook.publish;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceActivities.ArchivingObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.runbook.Looks;
import dev.mooring.runbook.Sight;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The looks at what a Greenplum's mirrors would archive with. */
public final class MirrorsLook {
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);

  private MirrorsLook() {}

  /** Begins to look at them, all hosts at once; what is got is a sentence for each to be told. */
  static Supplier<List<String>> begin(Cluster cluster, Call call, List<Instance> mirrors) {
    Looks looks = new Looks(ANSWERED_WITHIN);
    List<Supplier<List<String>>> begun = new ArrayList<>();
    for (HostWork work : WorkLists.byHost(cluster, mirrors)) {
      Promise<Sight<ArchivingObserved>> seen = begin(looks, call, work);
      begun.add(
          () ->
              work.instances().stream()
                  .flatMap(i -> MirrorsCheck.judge(i, seen.get()).stream())
                  .toList());
    }
    return () -> begun.stream().flatMap(host -> host.get().stream()).toList();
  }

  /** Begins to look at those on one host. */
  public static Promise<Sight<ArchivingObserved>> begin(Looks looks, Call call, HostWork work) {
    return looks.begin(
        Looks.At.on(work, "what is archived with on", FailureCode.HOST_UNREACHABLE),
        InstanceActivities.class,
        port -> port::observeArchiving,
        new ObserveInstances(call, work));
  }
}
