package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.wire.ManifestFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each law holds over publish and consume, and its check catches a lab broken on purpose. */
@Tag("laws")
class LawsIT {
  private static final int[] ALL = {1, 2, 3, 4, 5, 6, 7, 9, 10};
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
  private static Stage stage;
  private static Sites sites;
  private static LabInstance west;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    west = sites.west(0);
    stage.clients().never("controls break servers and evidence by hand");
    stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    for (int law : ALL) {
      stage.laws().without(law, "a control broke it on purpose");
    }
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void all_hold_over_a_publish_and_a_consume() {
    stage.publish();
    stage.consume();

    stage.laws().assertAll();
  }

  @Test
  void law_1_catches_a_second_writer() throws IOException {
    Files.delete(west.dataDirectory().resolve("standby.signal"));
    stage.lab.faults().removeTarget(west);
    stage.lab.start(west);

    Soon.soon("two instances accept writes", () -> !caught(1).isEmpty());
    assertThat(caught(1)).allMatch(what -> what.contains("east-0 and west-0"));
  }

  @Test
  void law_2_catches_an_instance_that_left_its_point() {
    stage.lab.faults().removeTarget(west);
    String log = west.log().toString();
    onWest("pg_ctl", "-s", "-W", "-D", west.dataDirectory().toString(), "-l", log, "start");
    Soon.soon("west-0 was started", () -> Sites.says(west.log(), "restored log file"));
    stage.lab.stop(west);

    assertThat(caught(2)).anyMatch(what -> what.startsWith("west-0 has another control file"));
  }

  @Test
  void law_2_catches_other_wal_than_was_published() {
    stage.lab.faults().flipByte(0, sites.targetFile(0), 500_000);

    assertThat(caught(2)).anyMatch(what -> what.contains("which is not what was published"));
  }

  @Test
  void law_3_catches_positions_of_another_system() throws IOException {
    Manifest latest = sites.latest();
    ContentEvidence own = latest.contents().get(0);
    ContentTarget target = own.target();
    ContentTarget foreign =
        new ContentTarget(
            target.content(),
            new SystemIdentifier(target.systemIdentifier().value() + 1),
            target.timeline(),
            target.lsn(),
            target.walFile(),
            target.walSegmentSize());
    ContentEvidence swapped =
        new ContentEvidence(
            foreign, own.owner(), own.clock(), own.switchLsn(), own.limits(), own.needs());
    Manifest torn =
        new Manifest(
            latest.header(), List.of(swapped), latest.proofs(), latest.archive(), latest.reasons());
    Files.write(sites.manifestFile("LATEST"), ManifestFormat.render(torn, signingKey()));

    assertThat(caught(3)).anyMatch(what -> what.contains("west-0 is of system"));
  }

  @Test
  void law_4_catches_a_start_without_its_whole_chain() {
    stage.lab.faults().hideWal(0, sites.targetFile(0));

    assertThat(caught(4)).anyMatch(what -> what.startsWith("west-0 was started towards"));
  }

  @Test
  void law_5_catches_a_target_removed_by_hand() {
    stage.lab.faults().removeTarget(west);

    assertThat(caught(5)).anyMatch(what -> what.contains("recovery_target_name ''"));
  }

  @Test
  void law_5_catches_another_timeline_than_the_points() {
    sites.configure(west, "recovery_target_timeline = '2'\n");

    assertThat(caught(5)).anyMatch(what -> what.contains("would follow timeline '2'"));
  }

  @Test
  void law_6_catches_a_file_that_changed_in_the_archive() {
    String oldest = sites.archived(0).get(0);
    stage.lab.faults().flipByte(0, oldest, 500_000);

    assertThat(caught(6)).contains(oldest + " is no longer what was archived");
  }

  @Test
  void law_6_catches_a_file_of_a_timeline_that_is_not_productions() throws IOException {
    String name = sites.targetFile(0);
    String drill = "00000007" + name.substring(8);
    Files.write(
        stage.lab.archive(0).resolve(drill),
        Files.readAllBytes(stage.lab.archive(0).resolve(name)));

    assertThat(caught(6)).anyMatch(what -> what.startsWith(drill + " is of timeline 7"));
  }

  @Test
  void law_7_catches_a_start_made_twice() throws IOException {
    Path starts = west.host().mooring().resolve(stage.lab.name()).resolve("west-0.starts");
    Path last;
    try (Stream<Path> logs = Files.list(starts)) {
      last = logs.max(Comparator.naturalOrder()).orElseThrow();
    }
    onWest(
        "pg_ctl",
        "-s",
        "-W",
        "-D",
        west.dataDirectory().toString(),
        "-l",
        last.toString(),
        "start");
    Soon.soon("west-0 is started twice under one number", () -> !caught(7).isEmpty());

    assertThat(caught(7)).anyMatch(what -> what.startsWith("west-0 was started 2 times"));
  }

  @Test
  void law_9_catches_a_run_under_another_cluster_file() throws IOException {
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT19S"));
    Files.setLastModifiedTime(stage.lab.clusterFile(), FileTime.from(LONG_AGO));

    assertThat(caught(9)).isNotEmpty().allMatch(what -> what.contains("says it ran under"));
  }

  @Test
  void law_10_catches_a_run_that_completed_over_a_state_it_could_not_read() throws IOException {
    Path latest = sites.manifestFile("LATEST");
    stage.lab.faults().flipByte(latest, 300);
    Files.setLastModifiedTime(latest, FileTime.from(LONG_AGO));

    assertThat(caught(10)).anyMatch(what -> what.contains("completed over LATEST.json"));
  }

  @Test
  void law_10_catches_a_receipt_that_cannot_be_read() {
    Path receipts = stage.lab.evidenceStore().resolve(stage.lab.name()).resolve("receipts");
    stage.lab.faults().flipByte(receipts.resolve("00000001.json"), 300);

    assertThat(caught(10)).anyMatch(what -> what.startsWith("receipt 00000001.json"));
  }

  private static List<String> caught(int law) {
    return stage.laws().against(law);
  }

  private static void onWest(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(stage.lab.postgresPrograms().resolve(program).toString());
    command.addAll(List.of(arguments));
    stage.lab.run(west.host(), command.toArray(String[]::new));
  }

  private static SigningKey signingKey() {
    Path config = stage.lab.configDirectory();
    TrustedKeys trusted =
        TrustedKeys.parse(
            List.of(new TrustedKeys.KeyText("key", Sites.read(config.resolve("signing.pub")))));
    return SigningKey.parse("key", Sites.read(config.resolve("signing.pem")), trusted);
  }
}
