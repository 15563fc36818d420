package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.activities.evidence.ReceiptHeads;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.Hosts;
import dev.mooring.evidence.ReceiptHead;
import dev.mooring.runbook.WorkLists;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster's evidence, opened for reading from here. */
final class Evidence implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final Hosts hosts = new Hosts(CONNECT);
  private final Cluster cluster;
  private final SiteName seenFrom;
  private final EvidenceReader reader;

  /**
   * @param site the site whose evidence is read; empty for the publishing site
   * @param environment where secret references are looked up
   */
  Evidence(Cluster cluster, String site, Map<String, String> environment) {
    this.cluster = cluster;
    this.seenFrom = site.isEmpty() ? cluster.policies().publish().site() : of(cluster, site);
    reader =
        EvidenceReader.open(
            new StoresByKind(hosts, name -> Optional.ofNullable(environment.get(name))),
            cluster.policies().evidence().at(seenFrom),
            cluster.name());
  }

  private static SiteName of(Cluster cluster, String site) {
    List<SiteName> sites = cluster.sites().stream().map(Site::name).toList();
    return sites.stream()
        .filter(name -> name.value().equals(site))
        .findFirst()
        .orElseThrow(
            () ->
                CommandFailure.usage(
                    "cluster " + cluster.name() + " has no site " + site,
                    "its sites are " + sites));
  }

  EvidenceReader reader() {
    return reader;
  }

  /** The newest receipts that hosts recorded; a host that does not answer in time is left out. */
  List<ReceiptHead> heads() {
    return new ReceiptHeads(hosts, cluster.name(), CONNECT)
        .read(WorkLists.headsOfChain(cluster, seenFrom));
  }

  @Override
  public void close() {
    reader.close();
    hosts.close();
  }
}
