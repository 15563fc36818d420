package dev.mooring.clusterfile;

import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.SecretReference;

/** A bucket as the file describes it, for evidence or for WAL. */
final class BucketSettings {
  private BucketSettings() {}

  static EvidenceStore store(Setting s3) {
    return new EvidenceStore.S3(
        s3.at("bucket").text(),
        prefix(s3),
        s3.at("region").text(),
        endpoint(s3),
        addressing(s3),
        credentials(s3.at("credentials")));
  }

  static ArchiveKind.S3 archive(Setting s3) {
    return new ArchiveKind.S3(
        s3.at("bucket").text(),
        prefix(s3),
        s3.at("region").text(),
        endpoint(s3),
        addressing(s3),
        credentials(s3.at("credentials")));
  }

  private static String prefix(Setting s3) {
    return s3.at("prefix").given() ? s3.at("prefix").text().replaceAll("^/+|/+$", "") : "";
  }

  private static String endpoint(Setting s3) {
    return s3.at("endpoint").given() ? s3.at("endpoint").text().replaceAll("/+$", "") : "";
  }

  private static EvidenceStore.Addressing addressing(Setting s3) {
    return s3.at("pathStyle").flag()
        ? EvidenceStore.Addressing.PATH
        : EvidenceStore.Addressing.HOST;
  }

  private static EvidenceStore.Credentials credentials(Setting credentials) {
    return credentials.given()
        ? new EvidenceStore.Credentials.Keys(
            new SecretReference(credentials.at("accessKeyId").text()),
            new SecretReference(credentials.at("secretAccessKey").text()))
        : new EvidenceStore.Credentials.Found();
  }
}
