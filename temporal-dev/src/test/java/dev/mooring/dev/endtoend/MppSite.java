package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.GreenplumHome;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.wire.ManifestFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fleet's copies set up as the DR side of a Greenplum, a cluster of its own beside the fleet: the
 * first instance is the coordinator, the others are the segments 0, 1. What the fleet publishes is
 * handed to it under those contents, sealed again.
 */
final class MppSite {
  static final String CLUSTER = "mpp";

  private final Stage stage;
  private final Sites sites;
  private final Path archives;

  MppSite(Stage stage) {
    this.stage = stage;
    this.sites = new Sites(stage.lab);
    this.archives = stage.lab.directory().resolve("mpp-archive");
    Path home = stage.lab.directory().resolve("gphome");
    GreenplumHome.make(home, stage.lab.postgresPrograms());
    try {
      Files.createDirectories(archives);
      for (LabInstance copy : stage.lab.instancesAt("west")) {
        int content = copy.content() - 1;
        Files.createSymbolicLink(
            archives.resolve(Integer.toString(content)), stage.lab.archive(copy.content()));
        configure(copy, dbid(copy), content);
      }
      Files.writeString(stage.lab.configDirectory().resolve(CLUSTER + ".yaml"), clusterFile(home));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int dbid(LabInstance instance) {
    return (instance.site().equals("west") ? 11 : 1) + instance.content();
  }

  /** Sets a copy up under that dbid and content. */
  static void configure(LabInstance copy, int dbid, int content) {
    GreenplumHome.setUp(copy.dataDirectory(), dbid, content);
  }

  private String clusterFile(Path home) throws IOException {
    String programs = "manager: {pg_ctl: \"" + stage.lab.postgresPrograms() + "\"}";
    String text =
        Files.readString(stage.lab.clusterFile())
            .replace("cluster: " + stage.cluster(), "cluster: " + CLUSTER)
            .replace("kind: fleet", "kind: greenplum")
            .replace(stage.lab.archive(0).resolveSibling("").toString(), archives.toString());
    for (LabInstance instance : stage.lab.instances()) {
      String id = "id: " + instance.id() + ", site: " + instance.site() + ", content: ";
      text =
          text.replace(
              id + instance.content() + ",",
              id + (instance.content() - 1) + ", dbid: " + dbid(instance) + ",");
    }
    return text.lines()
            .filter(line -> !line.strip().startsWith("barrier:"))
            .map(line -> line.replace(programs, "manager: {greenplum: \"" + home + "\"}"))
            .collect(Collectors.joining("\n"))
        + "\n";
  }

  /** Edits its cluster file as a person does. */
  void amendClusterFile(UnaryOperator<String> edit) throws IOException {
    Path file = stage.lab.configDirectory().resolve(CLUSTER + ".yaml");
    Files.writeString(file, edit.apply(Files.readString(file)));
  }

  /** Publishes a point over the fleet, as the Greenplum would have made it. */
  Manifest made() {
    stage.publish();
    return asMpp(sites.latest());
  }

  /** Publishes a point over the fleet and hands it to the Greenplum; its name. */
  String publish() {
    Manifest manifest = made();
    byte[] bytes = ManifestFormat.render(manifest, signingKey());
    Path manifests = stage.lab.evidenceStore().resolve(CLUSTER).resolve("manifests");
    try {
      Files.createDirectories(manifests);
      Files.write(manifests.resolve(manifest.name().value() + ".json"), bytes);
      Files.write(manifests.resolve("LATEST.json"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return manifest.name().value();
  }

  private SigningKey signingKey() {
    Path config = stage.lab.configDirectory();
    TrustedKeys trusted =
        TrustedKeys.parse(
            List.of(
                new TrustedKeys.KeyText("signing.pub", Sites.read(config.resolve("signing.pub")))));
    return SigningKey.parse("signing.pem", Sites.read(config.resolve("signing.pem")), trusted);
  }

  private static ContentId shifted(ContentId content) {
    return new ContentId(content.value() - 1);
  }

  private static Manifest asMpp(Manifest fleet) {
    Manifest.Header header = fleet.header();
    return new Manifest(
        new Manifest.Header(
            new ClusterName(CLUSTER),
            header.restorePoint(),
            header.createdAt(),
            header.clusterFileDigest(),
            header.cut()),
        fleet.contents().stream().map(MppSite::asMpp).toList(),
        fleet.proofs().stream()
            .map(p -> new ContentProof(shifted(p.content()), p.recordAt(), p.files()))
            .toList(),
        new ArchiveEvidence(
            fleet.archive().contents().stream()
                .map(
                    a ->
                        new ArchiveEvidence.ContentArchive(
                            shifted(a.content()), a.directory(), a.archiver()))
                .toList(),
            fleet.archive().waiting()),
        fleet.reasons());
  }

  private static ContentEvidence asMpp(ContentEvidence evidence) {
    ContentTarget target = evidence.target();
    return new ContentEvidence(
        new ContentTarget(
            shifted(target.content()),
            target.systemIdentifier(),
            target.timeline(),
            target.lsn(),
            target.walFile(),
            target.walSegmentSize()),
        evidence.owner(),
        evidence.clock(),
        evidence.switchLsn(),
        evidence.limits(),
        evidence.needs());
  }

  static String request(String target) {
    return "{\"cluster\":\"%s\",\"site\":\"west\",\"target\":\"%s\"}".formatted(CLUSTER, target);
  }

  ConsumeResult consume() {
    return stage.start("DrConsume", request("latest")).getResult(ConsumeResult.class);
  }

  /** What an instance logged in its last start. */
  String lastStart(LabInstance instance) {
    Path starts = instance.host().mooring().resolve(CLUSTER + "/" + instance.id() + ".starts");
    try (Stream<Path> logs = Files.list(starts)) {
      return Sites.read(logs.max((a, b) -> Long.compare(changed(a), changed(b))).orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long changed(Path path) {
    return path.toFile().lastModified();
  }

  /** The file in which an instance's gate says what it last could not give. */
  static Path gateStatus(LabInstance instance) {
    return instance.host().mooring().resolve(CLUSTER + "/" + instance.id() + ".gate.status");
  }
}
