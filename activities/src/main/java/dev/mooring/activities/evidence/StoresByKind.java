package dev.mooring.activities.evidence;

import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.Late;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.ManifestSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Evidence stores by the kind the cluster file names; a store on a local host is a directory. */
public final class StoresByKind implements EvidenceStores {
  static final Duration SHOWN_WITHIN = Duration.ofSeconds(10);
  private static final Duration COMMAND_AT_MOST = Duration.ofSeconds(10);

  private final Hosts hosts;
  private final S3Clients buckets;
  private final Late late;

  /**
   * @param hosts the sessions for SFTP
   * @param environment where the access keys named by variables are looked up
   */
  public StoresByKind(Hosts hosts, Function<String, Optional<String>> environment) {
    this(hosts, environment, SHOWN_WITHIN);
  }

  /**
   * @param shownWithin how long a store may take to show what was written to it
   */
  public StoresByKind(
      Hosts hosts, Function<String, Optional<String>> environment, Duration shownWithin) {
    this.hosts = hosts;
    this.buckets = new S3Clients(environment);
    this.late = new Late(shownWithin);
  }

  @Override
  public EvidenceFiles open(EvidencePolicy policy) {
    return open(policy, SeveralFiles.Use.WRITE);
  }

  @Override
  public EvidenceFiles look(EvidencePolicy policy) {
    return open(policy, SeveralFiles.Use.LOOK);
  }

  private EvidenceFiles open(EvidencePolicy policy, SeveralFiles.Use use) {
    EvidenceFiles own = policy.furtherStores().isEmpty() ? open(policy.store()) : all(policy, use);
    return policy.readers().stream()
        .findFirst()
        .<EvidenceFiles>map(reader -> new ManifestsFromFiles(source(reader.source()), own))
        .orElse(own);
  }

  private EvidenceFiles all(EvidencePolicy policy, SeveralFiles.Use use) {
    List<OneOfSeveral> stores =
        Stream.concat(Stream.of(policy.store()), policy.furtherStores().stream())
            .map(store -> new OneOfSeveral(store.place(), () -> open(store)))
            .toList();
    Copies copies = new Copies(new EvidenceKeys(name -> Optional.empty()).trusted(policy));
    return new SeveralFiles(stores, policy.writes(), use, copies, late);
  }

  /** The files of the store itself. */
  public EvidenceFiles open(EvidenceStore store) {
    if (store instanceof EvidenceStore.Directory directory) {
      return new DirectoryFiles(Path.of(directory.path()));
    }
    if (store instanceof EvidenceStore.S3 s3) {
      return S3Files.open(s3, buckets, late);
    }
    EvidenceStore.Sftp sftp = (EvidenceStore.Sftp) store;
    Host host = sftp.host();
    return host.access().kind() == HostAccess.Kind.LOCAL
        ? new DirectoryFiles(Path.of(sftp.path()))
        : SftpFiles.open(hosts, host, sftp.path());
  }

  private EvidenceSource source(ManifestSource source) {
    if (source instanceof ManifestSource.Http http) {
      return HttpSource.open(http, late);
    }
    return source instanceof ManifestSource.WhpgDrSync foreign
        ? new CommandSource(foreign, COMMAND_AT_MOST, late)
        : new CommandSource((ManifestSource.Commands) source, COMMAND_AT_MOST, late);
  }
}
