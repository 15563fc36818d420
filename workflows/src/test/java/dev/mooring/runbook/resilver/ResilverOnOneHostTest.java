package dev.mooring.runbook.resilver;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.topology.Cluster;

/** Every fault of a Resilver once more, where all members share a host and its authority. */
class ResilverOnOneHostTest extends ResilverFaultSweepTest {
  @Override
  Cluster cluster() {
    return Strait.onOneHost(Harbour.strait());
  }
}
