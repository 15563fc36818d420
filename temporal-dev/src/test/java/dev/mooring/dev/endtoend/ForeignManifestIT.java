package dev.mooring.dev.endtoend;

import static dev.mooring.dev.endtoend.WhpgDrSyncFiles.evidence;
import static dev.mooring.dev.endtoend.WhpgDrSyncFiles.segment;
import static dev.mooring.dev.endtoend.WhpgDrSyncFiles.segments;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.Manifest;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real servers moored by the manifests of whpg_dr_sync. The points are also published with a seal,
 * which the site does not read and the laws go by.
 */
@Tag("all")
class ForeignManifestIT {
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory = Path.of("set by JUnit");

  private WhpgDrSyncFiles files;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.begin();
  }

  @BeforeEach
  void readManifestsOfTheOtherTool() {
    files = new WhpgDrSyncFiles(directory);
    stage.amendClusterFile(files::readBy);
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
    files.write(second, "", segments(second));
    files.write(third, "", segments(third));
    files.write(first, evidence(first, "00000001"), segments(first));

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
    assertThat(files.file(second.name().value()).toFile().delete()).isTrue();
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
    files.write(ready, evidence(ready, "00000001"), segments(ready));
    String before = stage.lab.fingerprintWithout(stage.lab.host("e0"));

    files.write(late.name().value(), false, "", segments(late));
    refused(
        "NO_MANIFEST",
        "latest",
        "LATEST is " + late.name() + ", not ready; ",
        ready.name().value());
    refused("NO_MANIFEST", late.name().value(), late.name() + ": not ready");
    refused("NO_MANIFEST", "unknown", "there is no manifest unknown");
    files.write(late, "", segments(late).subList(0, 1));
    refused("CONTENTS_DIFFER", "latest", "has contents [0], the cluster file has [0, 1]");
    files.write(late, "", List.of(segments(late).get(0), segment(1, lsn(late, 1).plus(8))));
    refused("POINT_NOT_PROVED", "latest", " has restore point " + late.name());
    files.write(late, "", List.of(segments(late).get(0), segment(1, lsn(ready, 1))));
    refused("POINT_NOT_PROVED", "latest", " has no restore point " + late.name());
    files.write(late, evidence(ready, "00000001"), segments(late));
    refused("POINT_NOT_PROVED", "latest", "that position lies in");
    files.write(late, evidence(late, "00000002"), segments(late));
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
    files.write(
        "doubled", true, "", List.of(segment(0, positions.get(0)), segment(1, positions.get(1))));
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

  private static Lsn lsn(Manifest point, int content) {
    return point.contents().get(content).target().lsn();
  }
}
