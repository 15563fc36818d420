package dev.mooring.dev.architecture.control.runbook;

import dev.mooring.topology.Instance;

/** Looks for a member by a name that it makes itself. */
final class NamesByItself {
  private NamesByItself() {}

  static boolean isOf(String id, String application) {
    return application.equals(Instance.replicationName(id));
  }
}
