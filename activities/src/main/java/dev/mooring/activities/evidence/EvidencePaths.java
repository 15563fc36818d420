package dev.mooring.activities.evidence;

import dev.mooring.evidence.Document;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.UUID;

/** The paths of one cluster's documents in a store. */
final class EvidencePaths {
  static final String LATEST = "LATEST.json";
  static final String PENDING = ".pending.json";
  static final String JSON = ".json";

  private static final String STATE = "/state.json";
  private static final String MANIFESTS = "/manifests";
  private static final String HISTORIES = "/histories";
  private static final String PACKED = ".json.gz";
  private static final int DIGEST_IN_NAME = 12;
  private static final int HISTORY_AT_MOST = 64 << 20;

  private final String cluster;

  EvidencePaths(ClusterName cluster) {
    this.cluster = cluster.value();
  }

  String manifests() {
    return cluster + MANIFESTS;
  }

  /** Whether the path is some cluster's directory of manifests, or a manifest in it. */
  static boolean isOfManifests(String path) {
    int slash = path.indexOf('/');
    return slash >= 0 && (path.substring(slash) + "/").startsWith(MANIFESTS + "/");
  }

  /** Whether that is a receipt, a published manifest, or of a history: written once. */
  static boolean isWrittenOnce(String path) {
    if (isHistory(path) || isHistoryRecord(path)) {
      return true;
    }
    boolean manifest = isOfManifests(path) && !path.endsWith("/" + LATEST);
    return path.endsWith(JSON)
        && !path.endsWith(PENDING)
        && (manifest || path.contains("/receipts/"));
  }

  /** Whether newer versions replace the document at this path. */
  static boolean isReplaced(String path) {
    return path.endsWith("/" + LATEST) || path.endsWith(STATE);
  }

  String latest() {
    return manifests() + "/" + LATEST;
  }

  String published(RestorePointName name) {
    return manifests() + "/" + name + JSON;
  }

  String pending(RestorePointName name) {
    return manifests() + "/" + name + PENDING;
  }

  String receipts() {
    return cluster + "/receipts";
  }

  /** Receipts are numbered from 1 without a gap. */
  String receipt(long sequence) {
    return receipts() + "/" + String.format("%08d", sequence) + JSON;
  }

  /** The last receipt's number as its writer knew it: a hint for the search, nothing more. */
  String receiptHint() {
    return receipts() + "/LAST";
  }

  String histories() {
    return cluster + HISTORIES;
  }

  /** The path of the record that a history was kept. */
  String historyRecord(String originalRun, String run) {
    return histories() + "/" + originalRun + "_" + run + JSON;
  }

  /** A history, packed. */
  String history(String originalRun, String run, String sha256) {
    return histories()
        + "/"
        + originalRun
        + "_"
        + run
        + "_"
        + sha256.substring(0, DIGEST_IN_NAME)
        + PACKED;
  }

  /** How many bytes a document at that path may have. */
  static int bytesAtMost(String path) {
    return isHistory(path) ? HISTORY_AT_MOST : Document.BYTES_AT_MOST;
  }

  /** A path's last part, as a directory lists it. */
  static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Whether that is a history's record, which is sealed. */
  static boolean isHistoryRecord(String path) {
    return path.contains(HISTORIES + "/") && path.endsWith(JSON);
  }

  /** Whether that is a history, packed. */
  static boolean isHistory(String path) {
    return path.contains(HISTORIES + "/") && path.endsWith(PACKED);
  }

  /** Whether a history's name has the digest of its bytes. */
  static boolean isNamedByDigest(String path, String sha256) {
    return path.endsWith("_" + sha256.substring(0, DIGEST_IN_NAME) + PACKED);
  }

  String state(SiteName site) {
    return cluster + "/sites/" + site + STATE;
  }

  /** A file that a check writes and removes again; no reader lists its directory. */
  String probe(UUID number) {
    return cluster + "/checks/" + number;
  }

  /** The reference tool's form of a site's state: the point's name alone. */
  String currentRestorePoint(SiteName site) {
    return cluster + "/sites/" + site + "/current_restore_point.txt";
  }
}
