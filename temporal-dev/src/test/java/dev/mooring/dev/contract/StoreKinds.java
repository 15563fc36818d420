package dev.mooring.dev.contract;

import com.jcraft.jsch.SftpException;
import dev.mooring.activities.evidence.EvidenceStores;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.evidence.WebServer;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.SftpSession;
import dev.mooring.contract.EvidenceWorld;
import dev.mooring.contract.Limit;
import dev.mooring.dev.contract.StoreWorld.Made;
import dev.mooring.dev.evidence.S3Server;
import dev.mooring.dev.lab.Lab;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.ManifestSource;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Evidence stores of every kind but the directory, beside the hosts of a lab. */
final class StoreKinds implements AutoCloseable {
  private static final SiteName WEST = new SiteName("west");
  private static final Duration SHOWN_WITHIN = Duration.ofMillis(300);

  private final Lab lab;
  private final Hosts hosts;
  private final Cluster cluster;
  private final Function<String, Optional<String>> environment;
  private final EvidenceStores stores;
  private final Path directory;
  private final S3Server bucket;
  private final WebServer web;
  private int number;

  StoreKinds(Lab lab, Hosts hosts, Cluster cluster) throws IOException {
    this.lab = lab;
    this.hosts = hosts;
    this.cluster = cluster;
    environment =
        name ->
            S3Server.environment(name).or(() -> Optional.ofNullable(lab.environment().get(name)));
    stores = new StoresByKind(hosts, environment, SHOWN_WITHIN);
    // the lab's own store is emptied whenever a test of hosts has the lab as it was
    directory = Files.createDirectories(lab.configDirectory().resolveSibling("kinds"));
    bucket = new S3Server(directory.resolve("s3"));
    web = WebServer.of(directory);
  }

  EvidenceWorld sftp() {
    return world(
        () -> {
          HostName name = new HostName(lab.hosts().get(0).name());
          Host host =
              cluster.hosts().stream().filter(h -> h.name().equals(name)).findFirst().orElseThrow();
          Path root = lab.hosts().get(0).mooring().resolve(next());
          try (SftpSession session = hosts.sftp(host, Limit.seconds(20))) {
            session.channel().mkdir(root.toString());
          } catch (SftpException e) {
            throw new AssertionError(e);
          }
          return made(new EvidenceStore.Sftp(host, root.toString()), root);
        });
  }

  EvidenceWorld s3() {
    return world(
        () -> {
          String prefix = next();
          return made(s3(prefix), bucket.bucket().resolve(prefix));
        });
  }

  private EvidenceStore.S3 s3(String prefix) {
    return S3Server.store(bucket.port(), prefix, "STORE_SECRET");
  }

  /** Two directories and a bucket, two of which must have a write. */
  EvidenceWorld several() {
    return world(
        () -> {
          Path first = made();
          Path third = made();
          String prefix = next();
          EvidencePolicy policy = cluster.policies().evidence();
          return new Made(
              new EvidencePolicy(
                  new EvidenceStore.Directory(first.toString()),
                  policy.signingKey(),
                  policy.trustedKeyFiles(),
                  List.of(),
                  List.of(s3(prefix), new EvidenceStore.Directory(third.toString())),
                  2),
              List.of(first, bucket.bucket().resolve(prefix), third));
        });
  }

  /** Manifests are read through a web server of the directory that they are written in. */
  EvidenceWorld http() {
    return world(
        () -> {
          Path root = made();
          return through(root, new ManifestSource.Http(web.url() + "/" + root.getFileName()));
        });
  }

  EvidenceWorld commands() {
    return world(
        () -> {
          Path root = made();
          Path manifests = made(root.resolve("harbour/manifests"));
          return through(
              root,
              new ManifestSource.Commands(
                  manifests.toString(), "cat {manifest_path}", "ls {manifest_dir}/"));
        });
  }

  private EvidenceWorld world(Supplier<Made> empty) {
    return new StoreWorld(stores, environment, lab.configDirectory().resolve("signing.pub"), empty);
  }

  private Made made(EvidenceStore store, Path root) {
    EvidencePolicy policy = cluster.policies().evidence();
    return new Made(
        new EvidencePolicy(store, policy.signingKey(), policy.trustedKeyFiles()), List.of(root));
  }

  private Made through(Path root, ManifestSource source) {
    EvidencePolicy policy = cluster.policies().evidence();
    return new Made(
        new EvidencePolicy(
            new EvidenceStore.Directory(root.toString()),
            policy.signingKey(),
            policy.trustedKeyFiles(),
            List.of(new EvidencePolicy.Reader(WEST, source)),
            List.of(),
            0),
        List.of(root));
  }

  private String next() {
    number++;
    return "store-" + number;
  }

  private Path made() {
    return made(directory.resolve(next()));
  }

  private static Path made(Path path) {
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    web.close();
    bucket.close();
  }
}
