package dev.mooring.starter;

import static dev.mooring.evidence.SampleManifests.HARBOUR;

import dev.mooring.activities.evidence.StoreHistories;
import dev.mooring.activities.evidence.StoreManifestActivities;
import dev.mooring.activities.evidence.StoreReceiptActivities;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.Hosts;
import dev.mooring.authority.Epoch;
import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.HistoryRecord.HistoryRun;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.Call;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.SecretReference;
import dev.mooring.wire.HistoryFormat;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The evidence of the fleet harbour in a directory, as runs leave it, and its cluster file.
 *
 * @param directory holds both, and the keys
 */
record SampleEvidence(Path directory) {
  private static final Call CALL = new Call(HARBOUR, "run", "STEP", 0, Epoch.NONE);
  private static final Hosts HOSTS = new Hosts(Duration.ofSeconds(5));
  private static final StoresByKind STORES = new StoresByKind(HOSTS, name -> Optional.empty());

  static SampleEvidence in(Path directory) throws IOException {
    SampleEvidence evidence = new SampleEvidence(directory);
    Files.createDirectory(directory.resolve("store"));
    Files.writeString(directory.resolve("signing.pub"), SampleKeys.PUBLIC);
    Path key = Files.writeString(directory.resolve("signing.pem"), SampleKeys.PRIVATE);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    try (InputStream file =
        Objects.requireNonNull(ClusterFileParser.class.getResourceAsStream("harbour.yaml"))) {
      Files.writeString(
          directory.resolve("harbour.yaml"),
          new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .replace("/var/lib/mooring/evidence", directory.resolve("store").toString())
              .replace("/etc/mooring/signing", directory.resolve("signing").toString()));
    }
    return evidence;
  }

  Said type(String command, String... more) {
    List<String> words =
        new ArrayList<>(List.of(command, "harbour", "--config-dir", directory.toString()));
    words.addAll(List.of(more));
    return Said.by(words.toArray(String[]::new));
  }

  void publish(Manifest manifest) {
    manifests().ensureReady(new EnsureManifest(CALL, policy(), manifest));
  }

  void publishTorn(Manifest manifest) {
    manifests().ensureTorn(new EnsureManifest(CALL, policy(), manifest));
  }

  void leavePending(Manifest manifest) {
    manifests().ensurePending(new EnsureManifest(CALL, policy(), manifest));
  }

  void receipt(Receipt receipt) {
    receipts().ensureReceipt(new EnsureReceipt(CALL, policy(), receipt, heads()));
  }

  /** Makes this machine all hosts, each with a directory of its own. */
  void useLocalHosts() throws IOException {
    Path file = directory.resolve("harbour.yaml");
    String yaml = Files.readString(file);
    for (String host : List.of("e0", "e1", "w0")) {
      Path own = Files.createDirectory(directory.resolve(host));
      yaml =
          yaml.replaceFirst(
              "\\{name: " + host + ",.*",
              "{name: " + host + ", access: local, address: 127.0.0.1, directory: " + own + "}");
    }
    Files.writeString(file, yaml);
  }

  private List<Host> heads() {
    return Stream.of("e0", "e1")
        .filter(host -> Files.isDirectory(directory.resolve(host)))
        .map(
            host ->
                new Host(
                    new HostName(host),
                    HostAccess.local("127.0.0.1", List.of()),
                    directory.resolve(host).toString()))
        .toList();
  }

  /** Keeps a history of the run that left that receipt, as a worker does. */
  void keep(WorkflowExecutionHistory history, Receipt receipt) {
    keep(history, receipt, receipt.run().originalRun());
  }

  /**
   * The same where the run was reset.
   *
   * @param run the run id that the reset made
   */
  void keep(WorkflowExecutionHistory history, Receipt receipt, String run) {
    byte[] packed = HistoryFormat.pack(history.toJson(false));
    HistoryRecord record =
        new HistoryRecord(
            new HistoryRun(
                HARBOUR,
                receipt.run().runbook(),
                receipt.run().workflowId(),
                run,
                receipt.run().originalRun()),
            "FAILED",
            receipt.ending().at().minusSeconds(3),
            receipt.ending().at(),
            history.getEvents().size(),
            Sha256.of(packed));
    keep(record, packed);
  }

  void keep(HistoryRecord record, byte[] packed) {
    new StoreHistories(STORES, name -> Optional.empty()).keep(policy(), record, packed);
  }

  void moor(SiteState state) {
    receipts().ensureSiteState(new EnsureSiteState(CALL, policy(), state));
  }

  Path latest() {
    return file("manifests/LATEST.json");
  }

  Path manifest(int n) {
    return file("manifests/" + SampleManifests.nameOf(n) + ".json");
  }

  Path file(String path) {
    return directory.resolve("store/harbour").resolve(path);
  }

  private EvidencePolicy policy() {
    return new EvidencePolicy(
        new EvidenceStore.Directory(directory.resolve("store").toString()),
        new SecretReference("file:" + directory.resolve("signing.pem")),
        List.of(directory.resolve("signing.pub").toString()));
  }

  private static StoreManifestActivities manifests() {
    return new StoreManifestActivities(STORES, HOSTS, name -> Optional.empty());
  }

  private static StoreReceiptActivities receipts() {
    return new StoreReceiptActivities(STORES, HOSTS, name -> Optional.empty(), Clock.systemUTC());
  }
}
