package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.ForeignManifest.Segment;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.wire.RawRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A site that consumes the unsigned manifests of whpg_dr_sync. */
class DrConsumeForeignTest {
  private static final String WEST = "name: west, ";

  private final TestBed bed =
      new TestBed(
          Harbour.cluster(
              2,
              WEST,
              WEST
                  + "manifests: {whpgDrSync: {directory: /data/whpg_dr/manifests, latest:"
                  + " /data/whpg_dr/LATEST.json}}, "));

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void moors_the_site_at_latest_once_the_wal_was_scanned_and_says_what_was_not_proved() {
    ForeignManifest manifest = write(point(), true, full -> full);
    ConsumeResult consumed = bed.consume(ConsumeBed.CONSUME);
    assertThat(consumed.headline())
        .isEqualTo("west is moored at " + manifest.restorePoint() + ": 2 of 2 instances proved");
    assertThat(consumed.degraded())
        .singleElement()
        .asString()
        .startsWith("manifest " + manifest.restorePoint() + " is whpg_dr_sync's, unsigned, read")
        .contains("/data/whpg_dr/LATEST.json by command with SHA-256 ")
        .endsWith("the WAL of 2 instances was scanned for the name");
    assertThat(bed.world().lastReceipt().seen().degraded()).isEqualTo(consumed.degraded());
  }

  @Test
  void reads_no_wal_again_where_it_stands_at_the_very_point_and_nothing_was_touched() {
    ForeignManifest manifest = write(point(), true, full -> full);
    String run = bed.consume(ConsumeBed.CONSUME).degraded().get(0);
    removeWal(manifest);

    ConsumeResult again = bed.consume(ConsumeBed.CONSUME);

    assertThat(again.headline()).contains(" moored at " + manifest.restorePoint() + " already: ");
    assertThat(again.degraded())
        .singleElement()
        .asString()
        .startsWith(run.substring(0, run.indexOf(';')))
        .contains("the WAL was scanned for the name when run ");
    assertThat(bed.world().lastReceipt().seen().proofs())
        .hasSize(2)
        .allMatch(
            one ->
                one.facts().stream()
                    .anyMatch(f -> f.name().equals("point") && isOf(manifest, f.value())));
  }

  @Test
  void reads_the_wal_again_for_the_same_name_elsewhere_and_for_an_instance_that_was_touched() {
    Manifest point = point();
    ForeignManifest manifest = write(point, true, full -> full);
    bed.consume(ConsumeBed.CONSUME);
    write(point, true, s -> new Segment(s.content(), s.lsn().plus(8), ""));
    refused(ConsumeBed.CONSUME, "POINT_NOT_PROVED", " has restore point " + point.name());
    bed.world().foreign().write(manifest);
    bed.world().trouble().startByHand(1);
    removeWal(manifest);
    refused(ConsumeBed.CONSUME, "WAL_MISSING", " is missing");
  }

  private void removeWal(ForeignManifest manifest) {
    for (Segment segment : manifest.segments()) {
      bed.world()
          .trouble()
          .removeWal(segment.content().value(), new WalFileName(segment.walFile()));
    }
  }

  private static boolean isOf(ForeignManifest manifest, String lsn) {
    return manifest.segments().stream().anyMatch(s -> s.lsn().toString().equals(lsn));
  }

  @Test
  void takes_a_manifest_of_three_fields_and_a_named_one() {
    ForeignManifest first = write(point(), true, DrConsumeForeignTest::withoutFile);
    write(point(), true, DrConsumeForeignTest::withoutFile);
    assertThat(consumeNamed(first).restorePoint()).isEqualTo(first.restorePoint().value());
  }

  @Test
  void goes_safe_forward_when_latest_lies_below_a_floor() {
    ForeignManifest first = write(point(), true, full -> full);
    ForeignManifest second = write(point(), true, full -> full);
    ForeignManifest third = write(point(), true, full -> full);
    consumeNamed(second);
    bed.world().foreign().write(first);
    ConsumeResult consumed = bed.consume(ConsumeBed.CONSUME);
    assertThat(consumed.restorePoint()).isEqualTo(second.restorePoint().value());
    assertThat(consumeNamed(third).restorePoint()).isEqualTo(third.restorePoint().value());
    refused(named(first), "BEYOND_TARGET", "lies below the floor");
  }

  @Test
  void refuses_a_latest_that_is_not_ready_and_names_the_newest_that_is() {
    ForeignManifest ready = write(point(), true, full -> full);
    ForeignManifest late = write(point(), false, full -> full);
    refused(
        ConsumeBed.CONSUME,
        "NO_MANIFEST",
        "LATEST is "
            + late.restorePoint()
            + ", not ready; the newest that is ready and above every floor is "
            + ready.restorePoint()
            + ". HINT: a person may take it with consume --target "
            + ready.restorePoint());
    refused(named(late), "NO_MANIFEST", late.restorePoint() + ": not ready");
    refused(
        ConsumeBed.consume("'target':'sync_point_20200101_000000'"),
        "NO_MANIFEST",
        "there is no manifest sync_point_20200101_000000");
  }

  @Test
  void refuses_a_point_that_the_wal_has_elsewhere_or_nowhere() {
    Manifest point = point();
    bed.world().writeEverywhere(1 << 20);
    point();
    write(point, true, s -> new Segment(s.content(), s.lsn().plus(0x2000), ""));
    refused(ConsumeBed.CONSUME, "POINT_NOT_PROVED", " has restore point " + point.name());
    write(point, true, s -> new Segment(s.content(), new Lsn(s.lsn().value() - 8), ""));
    refused(ConsumeBed.CONSUME, "POINT_NOT_PROVED", " has no restore point " + point.name());
  }

  @Test
  void refuses_other_contents_and_wal_files_that_do_not_fit() {
    ForeignManifest whole = write(point(), true, full -> full);
    bed.world()
        .foreign()
        .write(new ForeignManifest(whole.restorePoint(), true, whole.segments().subList(0, 1)));
    refused(ConsumeBed.CONSUME, "CONTENTS_DIFFER", "has contents [0], the cluster file has [0, 1]");
    replaceFiles(whole, "000000010000000000000077");
    refused(ConsumeBed.CONSUME, "POINT_NOT_PROVED", "in WAL file 000000010000000000000077, that");
    replaceFiles(whole, "00000002" + whole.segments().get(0).walFile().substring(8));
    refused(ConsumeBed.CONSUME, "WAL_MISSING", "00000002.history is missing");
  }

  @Test
  void refuses_when_a_file_on_the_way_is_missing() {
    Manifest point = point();
    write(point, true, full -> full);
    ContentTarget target = point.contents().get(1).target();
    bed.world().trouble().removeWal(1, target.walFile());
    refused(ConsumeBed.CONSUME, "WAL_MISSING", "west-1: " + target.walFile() + " is missing");
  }

  @Test
  void never_reads_a_sealed_manifest_of_the_store() {
    point();
    Ended ended = TestBed.ended(() -> bed.consume(ConsumeBed.CONSUME));
    assertThat(ended.record().code()).isEqualTo("EVIDENCE_UNREADABLE");
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  private void replaceFiles(ForeignManifest manifest, String first) {
    List<Segment> segments = new ArrayList<>(manifest.segments());
    segments.set(0, new Segment(segments.get(0).content(), segments.get(0).lsn(), first));
    bed.world().foreign().write(new ForeignManifest(manifest.restorePoint(), true, segments));
  }

  private ConsumeResult consumeNamed(ForeignManifest manifest) {
    return bed.consume(named(manifest));
  }

  private static RawRequest named(ForeignManifest manifest) {
    return ConsumeBed.consume("'target':'" + manifest.restorePoint() + "'");
  }

  private void refused(RawRequest request, String code, String fact) {
    List<?> before = bed.world().copies().observed();
    Ended ended = TestBed.ended(() -> bed.consume(request));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo(code);
    assertThat(ended.record().headline()).contains(fact);
    assertThat(bed.world().copies().observed()).isEqualTo(before);
  }

  /** A point made on all contents, with a sealed manifest that this site does not read. */
  private Manifest point() {
    bed.world().writeEverywhere(20 << 20);
    RestorePointName name = new RestorePointName(bed.publish(ConsumeBed.PUBLISH).restorePoint());
    return bed.world().published(name).orElseThrow();
  }

  private ForeignManifest write(Manifest point, boolean ready, UnaryOperator<Segment> how) {
    ForeignManifest manifest =
        new ForeignManifest(
            point.name(),
            ready,
            point.contents().stream()
                .map(c -> c.target())
                .map(t -> how.apply(new Segment(t.content(), t.lsn(), t.walFile().text())))
                .toList());
    bed.world().foreign().write(manifest);
    return manifest;
  }

  private static Segment withoutFile(Segment segment) {
    return new Segment(segment.content(), segment.lsn(), "");
  }
}
