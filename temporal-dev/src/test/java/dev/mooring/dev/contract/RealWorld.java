package dev.mooring.dev.contract;

import dev.mooring.activities.archive.HostArchiveActivities;
import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.evidence.StoreEvidenceActivities;
import dev.mooring.activities.evidence.StoreManifestActivities;
import dev.mooring.activities.evidence.StoreReceiptActivities;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.instance.HostInstanceActivities;
import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.contract.ContractWorld;
import dev.mooring.contract.Hands;
import dev.mooring.contract.Limit;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A lab of real servers as the contracts of the ports see it, reached through the adapters. */
final class RealWorld implements ContractWorld, AutoCloseable {
  private final Lab lab;
  private final ClusterFiles files;
  private final Cluster cluster;

  /** Long enough for a busy machine to let somebody in. */
  private final Hosts hosts = new Hosts(Limit.seconds(20));

  private final Function<String, Optional<String>> environment;
  private final JdbcDatabaseActivities databases;
  private final RealHands hands;
  private int stores;

  RealWorld(String name) {
    lab = Lab.up(LabPlan.fleet(2).named(name).withInstancesPerHost(2).withWalFileMegabytes(1));
    lab.snapshot();
    files = new ClusterFiles(lab.configDirectory());
    cluster = files.read(new ClusterName(lab.name()));
    environment = variable -> Optional.ofNullable(lab.environment().get(variable));
    databases = new JdbcDatabaseActivities(environment, Path.of("/nonexistent"));
    hands = new RealHands(lab, () -> List.of(store()));
  }

  /** Stores of the other kinds beside the lab's hosts. */
  StoreKinds storeKinds() throws IOException {
    return new StoreKinds(lab, hosts, cluster);
  }

  @Override
  public Cluster cluster() {
    return cluster;
  }

  @Override
  public InstanceActivities instances(long attempt) {
    return new HostInstanceActivities(
        hosts,
        HostDeadlines.USUAL,
        new Attempt() {
          @Override
          public long number() {
            return attempt;
          }

          @Override
          public void report(Object details) {}
        },
        new S3Clients(environment));
  }

  @Override
  public DatabaseActivities databases() {
    return databases;
  }

  @Override
  public ArchiveActivities archives() {
    return new HostArchiveActivities(
        hosts, HostDeadlines.USUAL.withLate(Duration.ZERO), new S3Clients(environment));
  }

  @Override
  public ManifestActivities manifests() {
    return new StoreManifestActivities(new StoresByKind(hosts, environment), hosts, environment);
  }

  @Override
  public ReceiptActivities receipts() {
    return new StoreReceiptActivities(
        new StoresByKind(hosts, environment), hosts, environment, Clock.systemUTC());
  }

  @Override
  public EvidenceActivities evidenceSeen() {
    return new StoreEvidenceActivities(new StoresByKind(hosts, environment), hosts, environment);
  }

  @Override
  public ClusterActivities clusterFiles() {
    return files;
  }

  private Path store() {
    return lab.evidenceStore().resolve("contract-" + stores);
  }

  @Override
  public EvidencePolicy evidence() {
    EvidencePolicy policy = cluster.policies().evidence();
    return new EvidencePolicy(
        new EvidenceStore.Directory(store().toString()),
        policy.signingKey(),
        policy.trustedKeyFiles());
  }

  @Override
  public void emptyStore() {
    stores++;
    try {
      Files.createDirectories(store());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void renew() {
    lab.restore();
  }

  @Override
  public Hands hands() {
    return hands;
  }

  @Override
  public void close() {
    databases.close();
    hosts.close();
    lab.close();
  }
}
