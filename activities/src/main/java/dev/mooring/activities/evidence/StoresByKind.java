package dev.mooring.activities.evidence;

import dev.mooring.activities.host.Hosts;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import java.nio.file.Path;

/** Evidence stores by the kind the cluster file names; a store on a local host is a directory. */
public final class StoresByKind implements EvidenceStores {
  private final Hosts hosts;

  /**
   * @param hosts the sessions that SFTP goes through
   */
  public StoresByKind(Hosts hosts) {
    this.hosts = hosts;
  }

  @Override
  public EvidenceFiles open(EvidenceStore store) {
    if (store instanceof EvidenceStore.Directory directory) {
      return new DirectoryFiles(Path.of(directory.path()));
    }
    EvidenceStore.Sftp sftp = (EvidenceStore.Sftp) store;
    Host host = sftp.host();
    return host.access().kind() == HostAccess.Kind.LOCAL
        ? new DirectoryFiles(Path.of(sftp.path()))
        : SftpFiles.open(hosts, host, sftp.path());
  }
}
