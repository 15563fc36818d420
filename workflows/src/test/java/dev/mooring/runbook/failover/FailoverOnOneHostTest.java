package dev.mooring.runbook.failover;

import dev.mooring.fake.Strait;
import dev.mooring.topology.Cluster;

/** Every fault of a Failover once more, where all members share a host and its authority. */
class FailoverOnOneHostTest extends FailoverFaultSweepTest {
  @Override
  Cluster cluster() {
    return Strait.onOneHost(Strait.synchronous());
  }
}
