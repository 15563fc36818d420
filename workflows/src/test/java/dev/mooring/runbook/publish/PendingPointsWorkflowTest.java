package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.fake.FakeTrouble;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.fake.laws.Law;
import dev.mooring.port.ManifestActivities.LastRead;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.publish.PendingPoints.LastPoint;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A point that was not proved in its run's time is looked at again by the next publish. */
class PendingPointsWorkflowTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'harbour'}");
  private static final RawRequest CONSUME =
      Typed.json("{'cluster':'harbour','site':'west','target':'latest'}");

  private final TestBed bed = new TestBed(Harbour.cluster(2));
  private final FakeTrouble trouble = bed.world().trouble();

  @AfterEach
  void close() {
    assertThat(Law.allBrokenBy(bed.world().truth())).isEmpty();
    bed.close();
  }

  /** A publish whose content 1 does not come into the archive in time. */
  private RestorePointName leftPending() {
    trouble.archiverStalls(1);
    Ended ended = TestBed.ended(() -> bed.publish(PUBLISH));
    assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
    return new RestorePointName(bed.world().lastReceipt().ending().restorePoint());
  }

  private Manifest pending(RestorePointName name) {
    return bed.world().pending(name).orElseThrow();
  }

  private Manifest latest() {
    return bed.world().latest().orElseThrow();
  }

  private long made() {
    return bed.faults().calls().stream().filter(c -> c.step().equals("MAKE_POINT")).count();
  }

  private boolean looked() {
    return bed.faults().calls().stream()
        .anyMatch(c -> c.step().equals("READ_LAST") && c.method().equals("awaitArchived"));
  }

  @Test
  void a_pending_manifest_says_how_long_its_archive_was_waited_for() {
    RestorePointName late = leftPending();
    assertThat(pending(late).archive().waiting().waited())
        .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
  }

  @Test
  void a_point_whose_files_came_late_becomes_ready_with_the_next_publish() {
    RestorePointName late = leftPending();
    trouble.archiverWorks(1);
    PublishResult next = bed.publish(PUBLISH);
    assertThat(bed.world().pending(late)).isEmpty();
    Manifest ready = bed.world().published(late).orElseThrow();
    assertThat(ready.isReady()).isTrue();
    assertThat(ready.proofs()).hasSize(2);
    assertThat(ready.archive().waiting().waited()).isGreaterThan(Duration.ofSeconds(29));
    assertThat(latest().name().value()).isEqualTo(next.restorePoint());
  }

  @Test
  void a_point_whose_primary_was_restarted_since_stays_pending_with_that_reason() {
    RestorePointName late = leftPending();
    trouble.crashPrimary(1);
    trouble.restartPrimary(1);
    trouble.archiverWorks(1);
    PublishResult next = bed.publish(PUBLISH);
    assertThat(pending(late).reasons())
        .singleElement()
        .asString()
        .startsWith("east-1 was restarted at ");
    assertThat(latest().name().value()).isEqualTo(next.restorePoint());
  }

  @Test
  void a_primary_that_is_restarted_while_its_old_point_is_looked_at_leaves_it_pending() {
    RestorePointName late = leftPending();
    trouble.archiverWorks(1);
    bed.faults()
        .before(
            c -> c.step().equals("SETTLE_PENDING") && c.method().equals("observeServers"),
            () -> {
              trouble.crashPrimary(1);
              trouble.restartPrimary(1);
            });
    bed.publish(PUBLISH);
    assertThat(pending(late).reasons().get(0)).startsWith("east-1 was restarted at ");
  }

  @Test
  void a_point_behind_a_gap_stays_pending_and_names_the_gap() {
    bed.publish(PUBLISH);
    var gap = latest().contents().get(0).target().walFile().next(Harbour.WAL_SIZE);
    RestorePointName late = leftPending();
    trouble.archiverWorks(1);
    bed.world().writeEverywhere(40 << 20);
    trouble.removeWal(0, gap);
    TestBed.ended(() -> bed.publish(PUBLISH));
    assertThat(pending(late).reasons())
        .singleElement()
        .asString()
        .startsWith("content 0: " + gap + " is missing");
  }

  @Test
  void a_late_point_becomes_latest_and_is_told_of_when_the_new_one_is_not_ready() {
    RestorePointName late = leftPending();
    trouble.archiverWorks(1);
    bed.faults().before(c -> c.step().equals("WRITE_PENDING"), () -> trouble.archiverStalls(0));
    bed.faults().before(c -> c.step().equals("MAKE_POINT"), () -> trouble.archiverStalls(0));
    Ended ended = TestBed.ended(() -> bed.publish(PUBLISH));
    assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
    assertThat(latest().name()).isEqualTo(late);
    assertThat(ended.record().receipt())
        .endsWith("; " + late + " became READY, mooring:harbour:consume:west was started");
    assertThat(bed.world().runs().asked()).hasSize(1);
  }

  /** Also if its primary was restarted since, or is another: a copy would have to replay it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "restarted", "moved"})
  void no_later_point_is_made_over_bytes_that_cant_be_decoded(String primary) {
    bed.publish(PUBLISH);
    RestorePointName before = latest().name();
    RestorePointName late = leftPending();
    trouble.archiverWorks(1);
    if (primary.equals("restarted")) {
      trouble.crashPrimary(1);
      trouble.restartPrimary(1);
    }
    if (primary.equals("moved")) {
      trouble.pendingOf(new InstanceId("east-9"), late);
    }
    WalFileName file = pending(late).contents().get(1).target().walFile();
    trouble.damageWal(1, file, true);
    for (String request : List.of("'mode':'execute'", "'mode':'plan'", "'mode':'execute'")) {
      Ended ended =
          TestBed.ended(() -> bed.publish(Typed.json("{'cluster':'harbour'," + request + "}")));
      assertThat(ended.type()).isEqualTo("Refused");
      assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
      assertThat(ended.message())
          .contains("content 1: the archived bytes of " + file + " can't be decoded: pg_waldump: ")
          .contains("; every later point needs it: put the file back as the primary wrote it, from")
          .contains(". HINT: bring the file back, then `mooring publish harbour`");
    }
    assertThat(made()).isEqualTo(2);
    assertThat(latest().name()).isEqualTo(before);

    trouble.damageWal(1, file, false);
    PublishResult next = bed.publish(PUBLISH);
    assertThat(latest().name().value()).isEqualTo(next.restorePoint());
  }

  @Test
  void a_later_point_is_made_over_such_bytes_only_by_an_override() {
    RestorePointName late = leftPending();
    trouble.archiverWorks(1);
    WalFileName file = pending(late).contents().get(1).target().walFile();
    trouble.damageWal(1, file, true);
    PublishResult over =
        bed.publish(
            Typed.json("{'cluster':'harbour','overrides':'wal-gap','reason':'no copy is left'}"));
    assertThat(over.degraded())
        .singleElement()
        .asString()
        .startsWith("content 1: the archived bytes of " + file + " can't be decoded: ")
        .contains("; overridden: ");
    assertThat(latest().name().value()).isEqualTo(over.restorePoint());
    assertThat(pending(late).reasons().get(0)).contains(file.text());
  }

  /** A consume that found a bad file between the point it stands at and LATEST. */
  private WalFileName foundBad(String mode) {
    RawRequest consume =
        Typed.json("{'cluster':'harbour','site':'west','target':'latest','mode':'" + mode + "'}");
    bed.publish(PUBLISH);
    WalFileName file = latest().contents().get(1).target().walFile().next(Harbour.WAL_SIZE);
    bed.consume(CONSUME);
    bed.world().writeEverywhere(40 << 20);
    bed.publish(PUBLISH);
    trouble.damageWal(1, file, true);
    Ended ended = TestBed.ended(() -> bed.consume(consume));
    assertThat(ended.record().headline()).contains(file + " is there and can't be decoded");
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "execute"})
  void no_point_is_made_over_a_file_that_a_consume_found_bad_until_it_is_whole(String mode) {
    WalFileName file = foundBad(mode);
    RestorePointName before = latest().name();
    long made = made();
    for (String request : List.of("plan", "execute", "execute")) {
      Ended ended =
          TestBed.ended(
              () -> bed.publish(Typed.json("{'cluster':'harbour','mode':'" + request + "'}")));
      assertThat(ended.type()).isEqualTo("Refused");
      assertThat(ended.record().code()).isEqualTo("ARCHIVE_NOT_PROVED");
      assertThat(ended.message())
          .contains("content 1: the archived bytes of " + file + " can't be decoded: pg_waldump: ")
          .contains(". HINT: bring the file back, then `mooring publish harbour`");
    }
    assertThat(made()).isEqualTo(made);
    assertThat(latest().name()).isEqualTo(before);

    trouble.damageWal(1, file, false);
    bed.publish(PUBLISH);
    assertThat(latest().overridden()).isEmpty();
    assertThat(latest().name()).isGreaterThan(before);
  }

  private static Iterator<ChainedReceipt> alone(Receipt receipt) {
    return List.of(SampleReceipts.chained(1, receipt)).iterator();
  }

  /** No number of receipts lies between a publish and what it must know. */
  @Test
  void each_publish_leaves_what_was_found_bad_to_the_next() {
    WalFileName file = foundBad("execute");
    ContentWal bad = new ContentWal(new ContentId(1), file);
    assertThat(ContentWal.damaged(alone(bed.world().lastReceipt()))).containsExactly(bad);
    assertThat(TestBed.ended(() -> bed.publish(PUBLISH)).record().code())
        .isEqualTo("ARCHIVE_NOT_PROVED");
    Receipt refused = bed.world().lastReceipt();
    assertThat(ContentWal.found(alone(refused))).containsExactly(bad);

    trouble.damageWal(1, file, false);
    bed.publish(PUBLISH);
    assertThat(ContentWal.found(alone(bed.world().lastReceipt()))).isEmpty();
  }

  /** The receipts are read only then, and only what a decoding found stands in one. */
  @Test
  void a_file_found_bad_bars_copies_that_decode_nothing_until_two_points_were_made_over_it() {
    WalFileName file = foundBad("execute");
    assertThat(foundBadRead()).isZero();
    trouble.damageWal(1, file, false);
    trouble.decodes(1, "the time ended");
    bed.publish(PUBLISH);
    Ended barred = TestBed.ended(() -> bed.consume(CONSUME));
    assertThat(barred.record().code()).isEqualTo("WAL_MISSING");
    assertThat(barred.message())
        .contains(file + " is known to be undecodable, and not decoded now: the time ended");
    assertThat(foundBadRead()).isEqualTo(1);
    assertThat(ContentWal.damaged(alone(bed.world().lastReceipt()))).isEmpty();

    bed.publish(PUBLISH);
    assertThat(bed.consume(CONSUME).degraded())
        .containsExactly("west-1: not all WAL was decoded: the time ended");
  }

  private long foundBadRead() {
    return bed.faults().calls().stream().filter(c -> c.method().equals("readFoundBad")).count();
  }

  @Test
  void a_file_that_a_consume_missed_and_that_is_gone_bars_no_point() {
    WalFileName file = foundBad("execute");
    trouble.loseWal(1, file);
    RestorePointName before = latest().name();
    bed.publish(PUBLISH);
    assertThat(latest().name()).isGreaterThan(before);
  }

  @Test
  void a_found_file_that_is_no_whole_file_any_more_bars_later_points_too() {
    WalFileName file = foundBad("execute");
    trouble.damageWal(1, file, false);
    trouble.truncateWal(1, file);
    assertThat(TestBed.ended(() -> bed.publish(PUBLISH)).message())
        .contains("the archived bytes of " + file + " can't be decoded: " + file + " is 12 bytes");
  }

  /** What can't be read now is not whole for that. */
  @Test
  void an_overridden_file_that_is_gone_stays_in_the_manifests() {
    WalFileName file = foundBad("execute");
    bed.publish(Typed.json("{'cluster':'harbour','overrides':'wal-gap','reason':'lost'}"));
    trouble.loseWal(1, file);
    bed.publish(PUBLISH);
    assertThat(latest().overridden()).containsExactly(new ContentWal(new ContentId(1), file));
  }

  @Test
  void four_files_of_a_content_are_read_again_those_of_all_contents_at_once() {
    List<ContentWal> found = new ArrayList<>();
    for (int content = 0; content < 2; content++) {
      for (int file = 1; file <= 6 - 4 * content; file++) {
        found.add(
            new ContentWal(
                new ContentId(content), new WalFileName("00000001000000000000000" + file)));
      }
    }
    assertThat(
            new LastPoint(Optional.empty(), List.of(), List.of(), Optional.empty(), found)
                .suspects())
        .extracting(List::size)
        .containsExactly(2, 2, 1, 1);
  }

  @Test
  void an_overridden_file_is_named_by_every_manifest_until_it_is_whole() {
    WalFileName file = foundBad("execute");
    PublishResult over =
        bed.publish(
            Typed.json("{'cluster':'harbour','overrides':'wal-gap','reason':'no copy is left'}"));
    assertThat(over.degraded()).singleElement().asString().contains("; overridden: ");
    assertThat(bed.publish(PUBLISH).degraded()).isEmpty();
    assertThat(latest().overridden()).containsExactly(new ContentWal(new ContentId(1), file));

    trouble.damageWal(1, file, false);
    bed.publish(PUBLISH);
    assertThat(latest().overridden()).isEmpty();
  }

  @Test
  void a_point_older_than_latest_is_left_alone() {
    RestorePointName late = leftPending();
    trouble.crashPrimary(1);
    trouble.restartPrimary(1);
    trouble.archiverWorks(1);
    bed.publish(PUBLISH);
    bed.faults().before(c -> c.step().equals("SETTLE_PENDING"), () -> trouble.storeAnswers(false));
    PublishResult third = bed.publish(PUBLISH);
    assertThat(latest().name().value()).isEqualTo(third.restorePoint());
    assertThat(pending(late).reasons().get(0)).startsWith("east-1 was restarted at ");
  }

  @Test
  void looks_at_no_more_than_the_newest_four() {
    leftPending();
    for (int i = 0; i < 5; i++) {
      leftPending();
    }
    assertThat(bed.faults().carried())
        .filteredOn(c -> c.result() instanceof LastRead)
        .extracting(c -> ((LastRead) c.result()).pending().size())
        .isEqualTo(java.util.List.of(0, 1, 2, 3, 4, 4));
    trouble.archiverWorks(1);
    PublishResult last = bed.publish(PUBLISH);
    assertThat(latest().name().value()).isEqualTo(last.restorePoint());
  }

  @Test
  void a_pending_manifest_that_was_altered_is_named_and_not_taken() {
    RestorePointName late = leftPending();
    trouble.archiverWorks(1);
    trouble.alterPending(late);
    assertThat(bed.publish(PUBLISH).degraded())
        .singleElement()
        .asString()
        .startsWith(late + ": its pending manifest is refused: ");
    assertThat(looked()).isFalse();
  }
}
