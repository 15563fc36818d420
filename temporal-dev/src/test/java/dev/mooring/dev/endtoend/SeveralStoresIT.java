package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.evidence.S3Server;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence in two directories and a bucket, of which two must have it. */
@Tag("all")
class SeveralStoresIT {
  @TempDir static Path directory = Path.of("set by JUnit");

  private static Stage stage;
  private static Sites sites;
  private static S3Server bucket;

  @BeforeAll
  static void raise() throws IOException {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    bucket = new S3Server(directory.resolve("s3"));
    Files.createDirectories(second());
    keepEvidenceInAll();
    stage.beginMoored();
  }

  @AfterAll
  static void strike() {
    try {
      bucket.close();
    } finally {
      stage.close();
    }
  }

  private static Path second() {
    return directory.resolve("second");
  }

  private static void keepEvidenceInAll() throws IOException {
    String credentials =
        "{accessKeyId: 'file:%s', secretAccessKey: 'file:%s'}"
            .formatted(key("STORE_KEY_ID"), key("STORE_SECRET"));
    String further =
        "{directory: \"%s\"}, {s3: {bucket: %s, endpoint: 'http://127.0.0.1:%d', pathStyle: true, credentials: %s}}"
            .formatted(second(), S3Server.BUCKET, bucket.port(), credentials);
    String first = "store: {directory: \"" + stage.lab.evidenceStore() + "\"}\n";
    stage.amendClusterFile(
        now -> now.replace(first, first + "  furtherStores: [" + further + "]\n"));
  }

  private static Path key(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, S3Server.environment(name).orElseThrow());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Test
  void a_check_tells_of_each_store_by_itself() {
    String bucketed =
        " http://127.0.0.1:" + bucket.port() + "/" + S3Server.BUCKET + " evidence-write";
    CheckResult well = check();
    bucket.cut();
    CheckResult oneOut = check();
    bucket.back();

    assertThat(stores(well))
        .contains(
            "east " + stage.lab.evidenceStore() + " evidence-write GOOD",
            "east " + second() + " evidence-write GOOD",
            "east" + bucketed + " GOOD",
            "west evidence-quorum GOOD");
    assertThat(stores(oneOut))
        .contains(
            "west " + second() + " evidence-write GOOD",
            "east" + bucketed + " WARNING",
            "west" + bucketed + " WARNING",
            "west evidence-quorum GOOD");
    assertThat(second().resolve(stage.lab.name()).resolve("checks")).isEmptyDirectory();
  }

  private static CheckResult check() {
    return stage.start("ClusterCheck", stage.publishRequest()).getResult(CheckResult.class);
  }

  private static List<String> stores(CheckResult result) {
    return result.rows().stream()
        .filter(row -> row.id().startsWith("evidence-"))
        .map(row -> row.title() + " " + row.verdict())
        .toList();
  }

  @Test
  void a_store_that_dies_in_the_middle_is_a_degraded_line_and_is_written_again() {
    stage.hooks.before(PublishStep.WRITE_READY, bucket::cut);
    PublishResult published = stage.publish();
    bucket.back();
    stage.hooks.before(ConsumeStep.ADVANCE, bucket::cut);
    ConsumeResult consumed = stage.consume();
    bucket.back();
    PublishResult next = stage.publish();

    assertThat(published.degraded())
        .anySatisfy(line -> assertThat(line).contains("127.0.0.1:" + bucket.port()));
    assertThat(consumed.degraded())
        .anySatisfy(line -> assertThat(line).contains("127.0.0.1:" + bucket.port()));
    assertThat(sites.mooredAt()).isEqualTo(published.restorePoint());
    assertThat(next.degraded()).isEmpty();
    String cluster = stage.lab.name();
    assertThat(bucket.bucket().resolve(cluster + "/manifests/" + next.restorePoint() + ".json"))
        .hasSameBinaryContentAs(sites.manifestFile(next.restorePoint()));
    assertThat(bucket.bucket().resolve(cluster + "/manifests/LATEST.json"))
        .hasSameBinaryContentAs(sites.manifestFile("LATEST"));
  }
}
