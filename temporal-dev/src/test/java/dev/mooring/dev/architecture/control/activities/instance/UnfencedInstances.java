package dev.mooring.dev.architecture.control.activities.instance;

import dev.mooring.port.InstanceActivities;
import java.util.List;

/** Changes hosts without showing its token. */
abstract class UnfencedInstances implements InstanceActivities {
  @Override
  public InstancesStopped ensureStopped(EnsureStopped request) {
    return new InstancesStopped(request.on().host().name(), List.of(), List.of());
  }
}
