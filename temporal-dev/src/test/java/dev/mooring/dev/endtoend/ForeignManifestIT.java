package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real servers moored by the manifests of whpg_dr_sync. The points are also published with a seal,
 * which the site does not read and the laws go by.
 */
@Timeout(300)
class ForeignManifestIT {
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory = Path.of("set by JUnit");

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.begin();
  }

  @BeforeEach
  void readManifestsOfTheOtherTool() throws IOException {
    Files.createDirectories(directory.resolve("manifests"));
    String manifests =
        "manifests: {whpgDrSync: {directory: %s/manifests, latest: %s/LATEST.json}}, "
            .formatted(directory, directory);
    stage.amendClusterFile(
        now -> now.replace("{name: west, consume", "{name: west, " + manifests + "consume"));
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void latest_a_named_one_and_the_earliest_above_the_floors_are_consumed() {
    Manifest first = publish();
    Manifest second = publish();
    Manifest third = publish();
    write(second, "", segments(second));
    write(third, "", segments(third));
    write(first, evidence(first, "00000001"), segments(first));

    ConsumeResult latest = stage.consume();
    assertThat(latest.restorePoint()).isEqualTo(first.name().value());
    assertThat(latest.degraded())
        .singleElement()
        .asString()
        .contains(directory + "/LATEST.json by command")
        .endsWith("the WAL of 2 instances was scanned for the name");
    assertThat(sites.lastReceipt().seen().degraded()).isEqualTo(latest.degraded());
    ConsumeResult named = stage.consume(second.name().value());
    assertThat(named.headline()).endsWith("2 of 2 instances proved");
    assertThat(sites.mooredAt()).isEqualTo(second.name().value());
    assertThat(directory.resolve("manifests/" + second.name() + ".json").toFile().delete())
        .isTrue();
    ConsumeResult forward = stage.consume();
    assertThat(forward.restorePoint()).isEqualTo(third.name().value());
    assertThat(sites.mooredAt()).isEqualTo(third.name().value());
    Mooring mooring = stage.mooring();
    assertThat(mooring.type("verify --site west").status()).isZero();
    Answer status =
        mooring.typeUntil("status", s -> s.firstLine().startsWith("west is moored at "));
    assertThat(status.out() + status.err()).doesNotContain("not to be believed");
  }

  @Test
  void what_the_wal_does_not_bear_out_is_refused_and_touches_nothing() {
    Manifest ready = publish();
    Manifest late = publish();
    write(ready, evidence(ready, "00000001"), segments(ready));
    String before = stage.lab.fingerprintWithout(stage.lab.host("e0"));

    write(late, false, "", segments(late));
    refused(
        "NO_MANIFEST",
        "latest",
        "LATEST is " + late.name() + ", not ready; ",
        ready.name().value());
    refused("NO_MANIFEST", late.name().value(), late.name() + ": not ready");
    refused("NO_MANIFEST", "unknown", "there is no manifest unknown");
    write(late, "", segments(late).subList(0, 1));
    refused("CONTENTS_DIFFER", "latest", "has contents [0], the cluster file has [0, 1]");
    write(late, "", List.of(segments(late).get(0), segment(1, lsn(late, 1).plus(8))));
    refused("POINT_NOT_PROVED", "latest", " has restore point " + late.name());
    write(late, "", List.of(segments(late).get(0), segment(1, lsn(ready, 1))));
    refused("POINT_NOT_PROVED", "latest", " has no restore point " + late.name());
    write(late, evidence(ready, "00000001"), segments(late));
    refused("POINT_NOT_PROVED", "latest", "that position lies in");
    write(late, evidence(late, "00000002"), segments(late));
    refused("WAL_MISSING", "latest", "00000002.history is missing");

    assertThat(stage.lab.fingerprintWithout(stage.lab.host("e0"))).isEqualTo(before);
  }

  @Test
  void a_name_that_stands_twice_in_the_wal_is_refused() {
    List<Lsn> positions = new ArrayList<>();
    for (int content = 0; content < 2; content++) {
      make(content);
      positions.add(content == 0 ? make(content) : make(content, "doubled_else"));
      sites.ask(content, "SELECT pg_switch_wal()");
    }
    Manifest sealed = publish();
    write("doubled", true, "", List.of(segment(0, positions.get(0)), segment(1, positions.get(1))));
    String before = stage.lab.fingerprintWithout(stage.lab.host("e0"));

    refused("POINT_NOT_PROVED", "doubled", "west-0: the WAL from ", "has 2 restore points doubled");

    assertThat(stage.lab.fingerprintWithout(stage.lab.host("e0"))).isEqualTo(before);
    assertThat(sealed.isReady()).isTrue();
  }

  private static Lsn make(int content) {
    return make(content, "doubled");
  }

  private static Lsn make(int content, String name) {
    return Lsn.parse(sites.ask(content, "SELECT pg_create_restore_point('" + name + "')"));
  }

  private static Manifest publish() {
    sites.fillWalFiles(0, 2);
    sites.fillWalFiles(1, 1);
    return sites.manifest(stage.publish().restorePoint());
  }

  private static void refused(String code, String target, String... facts) {
    EndingRecord ending = stage.consumeFails(target);
    assertThat(ending.code()).as(ending.headline()).isEqualTo(code);
    assertThat(ending.headline()).contains(facts);
  }

  private void write(Manifest point, String evidence, List<String> segments) {
    write(point, true, evidence, segments);
  }

  private void write(Manifest point, boolean ready, String evidence, List<String> segments) {
    write(point.name().value(), ready, evidence, segments);
  }

  /** As that tool does: under its name and as LATEST. */
  private void write(String name, boolean ready, String evidence, List<String> segments) {
    String text =
        "{\"restore_point\":\"%s\",\"ready\":%s,\"segments\":[%s]%s}"
            .formatted(name, ready, String.join(",", segments), evidence);
    try {
      Files.writeString(directory.resolve("manifests/" + name + ".json"), text);
      Files.writeString(directory.resolve("LATEST.json"), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> segments(Manifest point) {
    return point.contents().stream()
        .map(ContentEvidence::target)
        .map(target -> segment(target.content().value(), target.lsn()))
        .toList();
  }

  private static String segment(int content, Lsn lsn) {
    return "{\"gp_segment_id\":%d,\"restore_lsn\":\"%s\"}".formatted(content, lsn);
  }

  private static Lsn lsn(Manifest point, int content) {
    return point.contents().get(content).target().lsn();
  }

  /** What a full manifest says beside its segments. */
  private static String evidence(Manifest point, String timeline) {
    String targets =
        point.contents().stream()
            .map(ContentEvidence::target)
            .map(target -> target(target, timeline))
            .collect(Collectors.joining(","));
    return ",\"created_at_utc\":\"2026-02-01T18:16:40Z\",\"evidence\":{\"targets\":["
        + targets
        + "],\"switch_wal\":[],\"archive_wait\":{\"max_wait_secs\":30,\"poll_interval_secs\":2,"
        + "\"waited_secs\":0,\"ready_at_utc\":\"2026-02-01T18:16:40Z\"}}";
  }

  private static String target(ContentTarget target, String timeline) {
    return ("{\"gp_segment_id\":%d,\"restore_lsn\":\"%s\",\"archive_source_host\":\"e0\","
            + "\"archive_dir\":\"/a\",\"wal_file\":\"%s\",\"wal_present\":true,"
            + "\"primary_port\":5432}")
        .formatted(
            target.content().value(),
            target.lsn(),
            timeline + target.walFile().text().substring(8));
  }
}
