package dev.mooring.worker;

import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Metrics of what the archives must keep: for each copy that a run read on its host, where the
 * oldest WAL file that it still needs begins, and when that was read. A copy that this worker never
 * read has no such metric; a copy that was opened needs no file.
 */
final class ArchiveFloorMetrics extends WorkerInterceptorBase {
  private static final String FLOOR = "mooring.archive.floor.bytes";
  private static final String SEEN = "mooring.archive.floor.seen.timestamp.seconds";

  private final MeterRegistry registry;
  private final Map<Copy, Floor> floors = new ConcurrentHashMap<>();

  ArchiveFloorMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  private record Copy(ClusterName cluster, InstanceId instance) {}

  /** NaN if a copy needs nothing. */
  private static final class Floor {
    private volatile double bytes = Double.NaN;
    private volatile double seenAt = Double.NaN;

    void is(double position, double now) {
      bytes = position;
      seenAt = now;
    }
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public ActivityOutput execute(ActivityInput input) {
        ActivityOutput output = super.execute(input);
        if (input.getArguments().length > 0
            && input.getArguments()[0] instanceof ObserveInstances asked
            && output.getResult() instanceof HostObserved seen) {
          report(asked.call().cluster(), asked.on(), seen);
        }
        return output;
      }
    };
  }

  private void report(ClusterName cluster, HostWork on, HostObserved seen) {
    for (InstanceObserved observed : seen.observed()) {
      on.instances().stream()
          .filter(instance -> instance.id().equals(observed.instance()))
          .findFirst()
          .ifPresent(instance -> report(cluster, instance, observed));
    }
  }

  private void report(ClusterName cluster, Instance instance, InstanceObserved observed) {
    WalSegmentSize size = observed.control().identity().layout().walSegmentSize();
    Optional<WalFileName> oldest = observed.oldestNeeded();
    Copy copy = new Copy(cluster, instance.id());
    if (oldest.isPresent() || floors.containsKey(copy)) {
      floors
          .computeIfAbsent(copy, unseen -> registered(cluster, instance))
          .is(
              oldest
                  .map(file -> (double) file.segmentNumber(size) * size.bytes())
                  .orElse(Double.NaN),
              (double) Instant.now().getEpochSecond());
    }
  }

  private Floor registered(ClusterName cluster, Instance instance) {
    Floor floor = new Floor();
    Tags tags =
        Tags.of(
            "cluster", cluster.value(),
            "site", instance.site().value(),
            "content", instance.content().toString(),
            "instance", instance.id().value());
    Gauge.builder(FLOOR, floor, f -> f.bytes)
        .tags(tags)
        .strongReference(true)
        .description("Start of the oldest WAL file that the copy still needs, as a position")
        .register(registry);
    Gauge.builder(SEEN, floor, f -> f.seenAt)
        .tags(tags)
        .strongReference(true)
        .description("When a run of this worker last read the copy")
        .register(registry);
    return floor;
  }
}
