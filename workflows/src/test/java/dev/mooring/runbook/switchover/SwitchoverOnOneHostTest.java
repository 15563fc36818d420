package dev.mooring.runbook.switchover;

import dev.mooring.fake.Strait;
import dev.mooring.topology.Cluster;

/** Every fault of a Switchover once more, where all members share a host and its authority. */
class SwitchoverOnOneHostTest extends SwitchoverFaultSweepTest {
  @Override
  Cluster cluster() {
    return Strait.onOneHost(Strait.synchronous());
  }
}
