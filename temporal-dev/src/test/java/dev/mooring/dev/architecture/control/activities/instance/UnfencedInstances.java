package dev.mooring.dev.architecture.control.activities.instance;

import dev.mooring.port.InstanceActivities;
import java.util.List;

/** Changes hosts without showing its token. */
final class UnfencedInstances implements InstanceActivities {
  @Override
  public HostObserved observeInstances(ObserveInstances request) {
    throw new IllegalStateException("never asked");
  }

  @Override
  public TargetsSet ensureTarget(EnsureTarget request) {
    return new TargetsSet(request.on().host().name(), List.of(), List.of());
  }

  @Override
  public TargetsReverted revertTarget(EnsureTarget request) {
    return new TargetsReverted(request.on().host().name(), List.of(), List.of());
  }

  @Override
  public ReplayStarted ensureReplaying(EnsureReplaying request) {
    return new ReplayStarted(request.on().host().name(), List.of(), List.of());
  }

  @Override
  public ReplayAwaited awaitParked(AwaitParked request) {
    return new ReplayAwaited(request.on().host().name(), List.of(), List.of());
  }

  @Override
  public ParkedObserved observeParked(ObserveParked request) {
    return new ParkedObserved(request.on().host().name(), List.of(), List.of());
  }

  @Override
  public InstancesStopped ensureStopped(EnsureStopped request) {
    return new InstancesStopped(request.on().host().name(), List.of(), List.of());
  }
}
