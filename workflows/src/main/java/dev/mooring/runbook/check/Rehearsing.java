package dev.mooring.runbook.check;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.RehearsalActivities;
import dev.mooring.port.RehearsalActivities.ObserveRehearsed;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.RehearsalActivities.Rehearse;
import dev.mooring.port.RehearsalActivities.Rehearsed;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Fence rehearsals and their records: one call for each host, all hosts in parallel. */
public final class Rehearsing {
  /** More than a host takes at most, so that the host itself reports what it waited for. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(85);

  private final Cluster cluster;
  private final Call call;

  /** The result of the rehearsals on one host. */
  record RehearsedOn(HostWork work, Observed<Rehearsed> observed) {}

  public Rehearsing(Cluster cluster, Call call) {
    this.cluster = cluster;
    this.call = call;
  }

  /** Mooring has no fence for the servers of a Greenplum. */
  private static List<HostWork> fenced(HostWork work) {
    List<Instance> fenced =
        work.instances().stream().filter(i -> !i.manager().isGreenplum()).toList();
    return fenced.isEmpty() ? List.of() : List.of(new HostWork(work.host(), fenced));
  }

  /**
   * Rehearses on every host; a host that does not answer does not stop the others. If a worker is
   * lost meanwhile, the call waits for it, and the rehearsal is repeated.
   */
  List<RehearsedOn> onEveryHost() {
    Observations looks = Observations.toAct(ANSWERED_WITHIN);
    Instant now = RunbookRun.now();
    FencePower power = new FencePower(cluster, call);
    List<Supplier<RehearsedOn>> begun = new ArrayList<>();
    for (HostWork all : WorkLists.byHost(cluster, cluster.instances())) {
      for (HostWork work : fenced(all)) {
        Promise<Observed<Rehearsed>> rehearsed =
            looks.begin(
                Observations.At.on(work, "the fences on host", FailureCode.HOST_UNREACHABLE),
                RehearsalActivities.class,
                port -> port::ensureRehearsed,
                new Rehearse(call, work, now, power.of(work)));
        begun.add(() -> new RehearsedOn(work, rehearsed.get()));
      }
    }
    if (begun.isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          cluster.name() + " has no fences to be rehearsed: a Greenplum's servers have none");
    }
    return begun.stream().map(Supplier::get).toList();
  }

  /** Begins to read when the fences on one host were last rehearsed. */
  public Optional<Promise<Observed<RehearsalsObserved>>> last(Observations looks, HostWork all) {
    return fenced(all).stream()
        .map(
            work ->
                looks.begin(
                    Observations.At.on(
                        work, "the rehearsals of host", FailureCode.HOST_UNREACHABLE),
                    RehearsalActivities.class,
                    port -> port::observeRehearsed,
                    new ObserveRehearsed(call, work)))
        .findFirst();
  }
}
