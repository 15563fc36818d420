package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Cut;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.ActivityFaults;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.ArchiveActivities.AwaitArchived;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.wire.RawRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a Greenplum's points that split a transaction, and of those that may. */
class TornPointsWorkflowTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'dock'}");
  private static final RawRequest CONSUME = Typed.json("{'cluster':'dock','site':'west'}");

  private final TestBed bed = new TestBed(Harbour.dock());

  @AfterEach
  void close() {
    bed.close();
  }

  private Manifest latest() {
    return bed.world().latest().orElseThrow();
  }

  private long looksAtTheArchive() {
    return bed.faults().carried().stream()
        .filter(carried -> carried.argument() instanceof AwaitArchived)
        .map(carried -> ((AwaitArchived) carried.argument()).points().get(0).point())
        .distinct()
        .count();
  }

  /** A publish all of whose points are torn; the newest of them. */
  private RestorePointName allTorn(String code) {
    bed.world().tears(1, 2, 3, 4, 5);
    Ended ended = TestBed.ended(() -> bed.publish(PUBLISH));
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo(code);
    String newest = bed.world().lastReceipt().ending().restorePoint();
    assertThat(ended.record().headline())
        .startsWith(newest + " is torn, 5 of 5 points ")
        .doesNotContain("-torn-");
    return new RestorePointName(newest);
  }

  /** The points whose pending manifests were written, the first first. */
  private List<String> writtenPending() {
    return bed.faults().carried().stream()
        .filter(carried -> carried.argument() instanceof EnsureManifest)
        .map(carried -> ((EnsureManifest) carried.argument()).manifest())
        .filter(manifest -> !manifest.isReady())
        .map(manifest -> manifest.name().value())
        .toList();
  }

  private static RawRequest consume(RestorePointName point, String more) {
    return Typed.json("{'cluster':'dock','site':'west','target':'" + point + "'" + more + "}");
  }

  @Test
  void the_newest_point_is_atomic_once_its_wal_was_decoded() {
    PublishResult result = bed.publish(PUBLISH);

    assertThat(latest().header().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
    assertThat(result.restorePoint()).endsWith("5");
    assertThat(looksAtTheArchive()).isEqualTo(1);
  }

  @Test
  void the_archived_wal_of_all_hosts_is_decoded_side_by_side() {
    bed.publish(PUBLISH);

    List<String> events = bed.events("publish");
    long begunBeforeOneEnded =
        events.stream()
            .takeWhile(event -> !event.equals("completed AwaitArchived"))
            .filter("scheduled AwaitArchived"::equals)
            .count();
    assertThat(begunBeforeOneEnded)
        .isGreaterThan(1)
        .isEqualTo(events.stream().filter("scheduled AwaitArchived"::equals).count());
  }

  @Test
  void where_the_newest_point_is_torn_the_newest_whole_one_is_published() {
    bed.world().tears(1, 4, 5);

    PublishResult result = bed.publish(PUBLISH);

    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.restorePoint()).endsWith("3").isEqualTo(latest().name().value());
    assertThat(latest().header().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
    assertThat(bed.world().anyPending()).isFalse();
    assertThat(looksAtTheArchive()).isEqualTo(2);
    assertThat(writtenPending()).as("a crash loses none").contains(result.restorePoint());
    assertThat(bed.consume(CONSUME).headline())
        .isEqualTo("west is moored at " + result.restorePoint() + ": 3 of 3 instances proved");
  }

  @Test
  void a_further_point_that_can_not_be_made_leaves_those_before_it_and_is_degraded() {
    bed.world().sticksAt(3);

    PublishResult result = bed.publish(PUBLISH);

    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.restorePoint()).endsWith("2").isEqualTo(latest().name().value());
    assertThat(result.degraded())
        .singleElement()
        .asString()
        .startsWith("2 of 5 points were made: ");
  }

  @Test
  void where_all_are_torn_a_manifest_beside_latest_names_the_transactions() {
    String before = bed.publish(PUBLISH).restorePoint();

    RestorePointName torn = allTorn("POINT_TORN");

    assertThat(latest().name().value()).isEqualTo(before);
    Manifest manifest = bed.world().published(torn).orElseThrow();
    assertThat(manifest.isReady()).isFalse();
    assertThat(manifest.header().cut().kind()).isEqualTo(Cut.Kind.TORN);
    assertThat(manifest.header().cut().why()).contains("-torn-5");
    assertThat(manifest.reasons()).hasSize(5);
    assertThat(manifest.proofs()).hasSize(3);
    assertThat(bed.world().anyPending()).isFalse();
    assertThat(bed.consume(CONSUME).restorePoint()).isEqualTo(before);
  }

  @Test
  void a_second_such_publish_in_a_row_needs_a_person_until_a_point_is_whole() {
    allTorn("POINT_TORN");
    allTorn("POINTS_TORN_AGAIN");
    bed.world().tears();
    assertThat(bed.publish(PUBLISH).outcome()).isEqualTo("Completed");
    allTorn("POINT_TORN");
  }

  @Test
  void a_point_whose_wal_can_not_be_decoded_is_published_and_not_called_atomic() {
    bed.world().garbles(1);

    PublishResult result = bed.publish(PUBLISH);

    Cut cut = latest().header().cut();
    assertThat(cut.kind()).isEqualTo(Cut.Kind.UNPROVED);
    assertThat(cut.why()).startsWith("content 1: ");
    assertThat(result.degraded()).containsExactlyElementsOf(latest().unproved());
    assertThat(bed.consume(CONSUME).degraded()).containsAll(latest().unproved());
  }

  @Test
  void a_torn_point_is_consumed_by_its_name_and_an_override_alone() {
    bed.publish(PUBLISH);
    RestorePointName torn = allTorn("POINT_TORN");

    Ended refused = TestBed.ended(() -> bed.consume(consume(torn, "")));
    assertThat(refused.type()).isEqualTo("Refused");
    assertThat(refused.record().code()).isEqualTo("POINT_TORN");
    assertThat(bed.world().copies().anyStarted()).isFalse();

    ConsumeResult result =
        bed.consume(consume(torn, ",'overrides':'torn','reason':'nothing newer is left'"));
    assertThat(result.restorePoint()).isEqualTo(torn.value());
    assertThat(result.degraded()).anyMatch(line -> line.contains("-torn-5"));
  }

  /** The newest point of a publish that did not see it archived; its WAL has come since. */
  private RestorePointName leftPending() {
    bed.world().trouble().archiverStalls(1);
    TestBed.ended(() -> bed.publish(PUBLISH));
    bed.world().trouble().archiverWorks(1);
    return new RestorePointName(bed.world().lastReceipt().ending().restorePoint());
  }

  @Test
  void a_point_left_pending_that_turns_out_to_be_torn_is_written_so_beside_latest() {
    bed.world().tears(5);
    RestorePointName late = leftPending();
    bed.world().tears();

    PublishResult next = bed.publish(PUBLISH);

    assertThat(bed.world().pending(late)).isEmpty();
    Manifest torn = bed.world().published(late).orElseThrow();
    assertThat(torn.isTorn()).isTrue();
    assertThat(torn.reasons())
        .containsExactly(torn.name() + " is " + torn.header().cut().inWords());
    assertThat(torn.proofs()).hasSize(3);
    assertThat(latest().name().value()).isEqualTo(next.restorePoint());
  }

  /** The publish is lost between the torn point's pending manifest and the whole one's. */
  @Test
  void a_point_that_was_seen_torn_stays_torn_when_its_wal_can_not_be_decoded_any_more() {
    bed.world().tears(4, 5);
    bed.faults().plan(call -> call.step().equals("WRITE_READY"), ActivityFaults.Fault.FAILS);
    TestBed.ended(() -> bed.publish(PUBLISH));
    bed.faults().mend();
    String whole = bed.world().lastReceipt().ending().restorePoint();
    RestorePointName seen = new RestorePointName(whole.substring(0, whole.length() - 1) + "5");
    assertThat(bed.world().pending(seen).orElseThrow().isTorn()).isTrue();
    bed.world().garbles(-1);

    bed.publish(PUBLISH);

    assertThat(bed.world().published(seen).orElseThrow().isTorn()).isTrue();
  }

  @Test
  void a_point_left_pending_that_is_torn_counts_as_a_publish_of_torn_points() {
    bed.world().tears(5);
    leftPending();
    leftPending();
    allTorn("POINTS_TORN_AGAIN");
  }

  @Test
  void wal_that_shows_a_torn_point_and_has_not_come_when_the_wait_ends_leaves_it_unproved() {
    bed.world().withholds(1);

    PublishResult result = bed.publish(PUBLISH);

    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(latest().header().cut().kind()).isEqualTo(Cut.Kind.UNPROVED);
    assertThat(latest().header().cut().why()).startsWith("content 1: ").endsWith(" is missing");
    assertThat(result.degraded()).containsExactlyElementsOf(latest().unproved());
  }

  @Test
  void a_point_left_pending_whose_wal_is_late_beyond_the_wait_becomes_ready_unproved() {
    RestorePointName late = leftPending();
    bed.world().withholds(1);

    bed.publish(PUBLISH);

    Manifest ready = bed.world().published(late).orElseThrow();
    assertThat(ready.isReady()).isTrue();
    assertThat(ready.header().cut().kind()).isEqualTo(Cut.Kind.UNPROVED);
  }

  @Test
  void a_point_left_pending_that_is_whole_becomes_ready_and_atomic() {
    RestorePointName late = leftPending();

    bed.publish(PUBLISH);

    Manifest ready = bed.world().published(late).orElseThrow();
    assertThat(ready.isReady()).isTrue();
    assertThat(ready.header().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
  }

  @Test
  void a_point_left_pending_that_becomes_ready_unproved_is_degraded() {
    RestorePointName late = leftPending();
    bed.world().garbles(1);

    PublishResult next = bed.publish(PUBLISH);

    Manifest ready = bed.world().published(late).orElseThrow();
    assertThat(ready.isReady()).isTrue();
    assertThat(ready.header().cut().kind()).isEqualTo(Cut.Kind.UNPROVED);
    assertThat(ready.unproved()).isNotEmpty();
    assertThat(next.degraded()).containsAll(ready.unproved());
  }
}
