package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Where manifests, receipts and the state of sites are kept. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = EvidenceStore.Directory.class, name = "directory"),
  @JsonSubTypes.Type(value = EvidenceStore.Sftp.class, name = "sftp")
})
public sealed interface EvidenceStore {

  /** A directory that every worker sees. */
  record Directory(String path) implements EvidenceStore {}

  /** A directory on a host of the cluster file, reached over SFTP. */
  record Sftp(Host host, String path) implements EvidenceStore {}
}
