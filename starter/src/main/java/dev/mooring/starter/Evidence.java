package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.Hosts;
import dev.mooring.topology.Cluster;
import java.time.Duration;

/** A cluster's evidence, opened for reading from here. */
final class Evidence implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final Hosts hosts = new Hosts(CONNECT);
  private final EvidenceReader reader;

  Evidence(Cluster cluster) {
    reader = reader(cluster, hosts);
  }

  /** Opens it over sessions that are there already. */
  static EvidenceReader reader(Cluster cluster, Hosts hosts) {
    return EvidenceReader.open(
        new StoresByKind(hosts), cluster.policies().evidence(), cluster.name());
  }

  EvidenceReader reader() {
    return reader;
  }

  @Override
  public void close() {
    reader.close();
    hosts.close();
  }
}
