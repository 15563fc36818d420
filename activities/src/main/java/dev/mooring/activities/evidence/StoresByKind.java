package dev.mooring.activities.evidence;

import dev.mooring.port.FailureCode;
import dev.mooring.topology.EvidenceStore;
import java.nio.file.Path;

/** Evidence stores by the kind the cluster file names. */
public final class StoresByKind implements EvidenceStores {

  @Override
  public EvidenceFiles open(EvidenceStore store) {
    if (store instanceof EvidenceStore.Directory directory) {
      return new DirectoryFiles(Path.of(directory.path()));
    }
    EvidenceStore.Sftp sftp = (EvidenceStore.Sftp) store;
    throw EvidenceFailures.of(
        FailureCode.EVIDENCE_UNREADABLE,
        "no SFTP to the evidence store on " + sftp.host().name() + " from this worker");
  }
}
