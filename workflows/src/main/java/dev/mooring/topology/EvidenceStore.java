package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Where manifests, receipts and the state of sites are kept. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = EvidenceStore.Directory.class, name = "directory"),
  @JsonSubTypes.Type(value = EvidenceStore.Sftp.class, name = "sftp"),
  @JsonSubTypes.Type(value = EvidenceStore.S3.class, name = "s3")
})
public sealed interface EvidenceStore {

  /** How messages call it. */
  String place();

  /** A directory that every worker reaches. */
  record Directory(String path) implements EvidenceStore {
    @Override
    public String place() {
      return path;
    }
  }

  /** A directory on a host of the cluster file, reached over SFTP. */
  record Sftp(Host host, String path) implements EvidenceStore {
    @Override
    public String place() {
      return host.name() + ":" + path;
    }
  }

  /**
   * A bucket that speaks the S3 protocol.
   *
   * @param prefix the prefix of all keys, without a slash at its ends; may be empty
   * @param endpoint the server's address, empty for Amazon's own of that region
   */
  record S3(
      String bucket,
      String prefix,
      String region,
      String endpoint,
      Addressing addressing,
      Credentials credentials)
      implements EvidenceStore {
    @Override
    public String place() {
      String named = endpoint.isEmpty() ? "s3://" + bucket : endpoint + "/" + bucket;
      return prefix.isEmpty() ? named : named + "/" + prefix;
    }
  }

  /** Where a request names the bucket. */
  enum Addressing {
    HOST,
    PATH
  }

  /** The client of an S3 store. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Credentials.Found.class, name = "found"),
    @JsonSubTypes.Type(value = Credentials.Keys.class, name = "keys")
  })
  sealed interface Credentials {

    /**
     * The keys that the AWS SDK finds on its machine: environment, profile, container or machine.
     */
    record Found() implements Credentials {}

    /** An access key by reference. */
    record Keys(SecretReference accessKeyId, SecretReference secretAccessKey)
        implements Credentials {}
  }
}
