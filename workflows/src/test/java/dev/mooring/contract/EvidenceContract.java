package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.port.EvidenceActivities.EnsureWritable;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LastRuns;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.EvidenceActivities.PointSeen;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.port.EvidenceActivities.RunsOf;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.port.EvidenceActivities.StoreProved;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who only looks at evidence sees what is there, what is not, and what is not to be believed. */
public abstract class EvidenceContract {
  private static final Manifest FIRST = SampleManifests.ready(1, 2);
  private static final Manifest SECOND = SampleManifests.ready(2, 2);

  /** The world all tests of a class share. */
  protected abstract EvidenceWorld world();

  @BeforeEach
  void begin() {
    world().emptyStore();
  }

  /**
   * Whether a store with nothing in it can be told from one that does not answer. By commands that
   * list and fetch it can't: both may end as if there was nothing.
   */
  protected boolean tellsEmptyFromAway() {
    return true;
  }

  private EvidenceObserved look(int receipts, int documents) {
    return look(receipts, documents, List.of());
  }

  private EvidenceObserved look(int receipts, int documents, List<RunsOf> lastOf) {
    return world()
        .evidenceSeen()
        .observeEvidence(
            new ObserveEvidence(
                world().looking(),
                world().evidence(),
                List.of(Steps.EAST, Steps.WEST),
                receipts,
                documents,
                lastOf));
  }

  private void publish(Manifest manifest) {
    EnsureManifest write = new EnsureManifest(world().looking(), world().evidence(), manifest);
    world().manifests().ensureReady(write);
  }

  private void publishTorn(Manifest manifest) {
    EnsureManifest write = new EnsureManifest(world().looking(), world().evidence(), manifest);
    world().manifests().ensureTorn(write);
  }

  private void write(Receipt receipt) {
    world()
        .receipts()
        .ensureReceipt(
            new EnsureReceipt(world().looking(), world().evidence(), receipt, List.of()));
  }

  private void moorAt(int n) {
    world()
        .receipts()
        .ensureSiteState(
            new EnsureSiteState(world().looking(), world().evidence(), SampleReceipts.state(n)));
  }

  private StateSeen west() {
    return look(0, 0).sites().stream()
        .filter(seen -> seen.site().equals(Steps.WEST))
        .map(SiteSeen::state)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Tag("all")
  void an_empty_store_has_nothing_and_that_is_no_fault() {
    if (!tellsEmptyFromAway()) {
      assertThatThrownBy(() -> look(5, 5))
          .hasMessageContaining("as of a store that is new or away");
      return;
    }
    EvidenceObserved seen = look(5, 5);
    assertThat(seen.latest()).isEqualTo(new LatestSeen.None());
    assertThat(seen.newest()).isEmpty();
    assertThat(seen.sites())
        .containsExactly(
            new SiteSeen(Steps.EAST, new StateSeen.Never()),
            new SiteSeen(Steps.WEST, new StateSeen.Never()));
    assertThat(seen.receipts()).isEmpty();
  }

  @Test
  @Tag("all")
  void latest_is_seen_by_its_header_and_a_newer_pending_point_beside_it() {
    publish(FIRST);
    Manifest pending = SampleManifests.pending(2, 2);
    world()
        .manifests()
        .ensurePending(new EnsureManifest(world().looking(), world().evidence(), pending));
    EvidenceObserved seen = look(0, 0);
    assertThat(seen.latest()).isEqualTo(LatestSeen.Ready.of(FIRST));
    assertThat(seen.newest()).containsExactly(new Shelved(pending.name(), Stage.PENDING));
    assertThat(seen.reasons()).isNotEmpty().isEqualTo(pending.reasons());
  }

  @Test
  void a_site_is_seen_with_the_age_of_its_point_and_how_many_are_newer() {
    publish(FIRST);
    moorAt(1);
    assertThat(west()).isEqualTo(known(0));
    publish(SECOND);
    assertThat(west()).isEqualTo(known(1));
  }

  @Test
  void torn_points_and_those_above_latest_are_none_that_a_site_is_behind() {
    publish(FIRST);
    moorAt(1);
    publishTorn(SampleManifests.torn(2, 2));
    publish(SampleManifests.ready(3, 2));
    assertThat(west()).isEqualTo(known(1));
    publishTorn(SampleManifests.torn(4, 2));
    assertThat(west()).isEqualTo(known(1));
    moorAt(4);
    assertThat(west())
        .isInstanceOfSatisfying(
            StateSeen.Known.class, known -> assertThat(known.behind()).isZero());
  }

  private static StateSeen known(long behind) {
    return new StateSeen.Known(
        SampleReceipts.state(1), new PointSeen.Made(FIRST.header().createdAt()), behind);
  }

  @Test
  void what_was_altered_is_refused_with_a_reason_and_never_taken_for_nothing() {
    publish(FIRST);
    moorAt(1);
    write(SampleReceipts.publish(1));
    world().hands().alterLatest();
    world().hands().alterState();
    world().hands().alterLastReceipt();
    EvidenceObserved seen = look(1, 0);
    assertThat(seen.latest())
        .isInstanceOfSatisfying(
            LatestSeen.Refused.class, refused -> assertThat(refused.reason()).isNotBlank());
    assertThat(west())
        .isInstanceOfSatisfying(
            StateSeen.Refused.class, refused -> assertThat(refused.reason()).isNotBlank());
    assertThat(seen.receipts().get(0).read())
        .isInstanceOfSatisfying(
            ReceiptRead.Refused.class, refused -> assertThat(refused.reason()).isNotBlank());
  }

  @Test
  @Tag("all")
  void what_was_lost_is_refused_and_never_taken_for_not_there_yet() {
    publish(FIRST);
    moorAt(1);
    world().hands().loseLatest();
    world().hands().loseState();
    assertThat(look(0, 0).latest()).isInstanceOf(LatestSeen.Refused.class);
    assertThat(west()).isInstanceOf(StateSeen.Refused.class);
  }

  @Test
  @Tag("all")
  void the_last_receipts_are_seen_newest_first_and_as_many_in_full_as_are_asked_for() {
    publish(FIRST);
    write(SampleReceipts.publish(1));
    write(SampleReceipts.consume(1, Status.SUCCESS));
    write(SampleReceipts.consume(2, Status.TIMEOUT));
    List<ReceiptSeen> seen = look(2, 1).receipts();
    assertThat(seen).hasSize(2);
    assertShort(seen.get(0), SampleReceipts.consume(2, Status.TIMEOUT));
    assertShort(seen.get(1), SampleReceipts.consume(1, Status.SUCCESS));
    assertThat(seen.get(0).path()).isNotEqualTo(seen.get(1).path());
    assertThat(seen.get(0).text()).contains("\"TARGET_NOT_REACHED\"");
    assertThat(seen.get(1).text()).isEmpty();
  }

  @Test
  @Tag("all")
  void the_last_receipt_of_a_run_is_found_however_many_others_were_written_since() {
    publish(FIRST);
    write(SampleReceipts.consume(1, Status.TIMEOUT));
    for (int n = 2; n <= 12; n++) {
      write(SampleReceipts.publish(n));
    }
    RunsOf consume = new RunsOf("DrConsume", "west");
    RunsOf publish = new RunsOf("PublishCycle", "east");
    LastRuns last = look(1, 0, List.of(publish, consume)).lastRuns();
    assertThat(last.found()).hasSize(2);
    assertShort(last.found().get(0), SampleReceipts.publish(12));
    assertShort(last.found().get(1), SampleReceipts.consume(1, Status.TIMEOUT));
    assertThat(last.unfound()).isEmpty();
    assertThat(last.searched()).isEqualTo(12);
    LastRuns none = look(1, 0, List.of(new RunsOf("DrConsume", "south"))).lastRuns();
    assertThat(none.found()).isEmpty();
    assertThat(none.unfound()).as("there is none to be found").isEmpty();
  }

  @Test
  @Tag("all")
  void the_search_for_a_last_receipt_ends_at_one_that_is_not_to_be_believed() {
    publish(FIRST);
    RunsOf consume = new RunsOf("DrConsume", "west");
    write(SampleReceipts.consume(1, Status.SUCCESS));
    write(SampleReceipts.publish(2));
    world().hands().alterLastReceipt();
    LastRuns last = look(0, 0, List.of(consume)).lastRuns();
    assertThat(last.found()).hasSize(1);
    assertThat(last.found().get(0).read()).isInstanceOf(ReceiptRead.Refused.class);
    assertThat(last.unfound()).containsExactly(consume);
  }

  @Test
  @Tag("all")
  void the_manifest_of_a_sites_own_point_is_refused_when_it_was_altered() {
    publish(FIRST);
    moorAt(1);
    world().hands().alterPublished(FIRST.name());
    assertThat(west())
        .isInstanceOfSatisfying(
            StateSeen.Known.class,
            known ->
                assertThat(known.point())
                    .isInstanceOfSatisfying(
                        PointSeen.Refused.class,
                        refused -> assertThat(refused.reason()).isNotBlank()));
  }

  private static void assertShort(ReceiptSeen seen, Receipt whole) {
    assertThat(seen.read())
        .isInstanceOfSatisfying(
            ReceiptRead.Intact.class,
            intact -> {
              assertThat(intact.receipt().run()).isEqualTo(whole.run());
              assertThat(intact.receipt().asked()).isEqualTo(whole.asked());
              assertThat(intact.receipt().ending()).isEqualTo(whole.ending());
              assertThat(intact.receipt().steps()).isEmpty();
              assertThat(intact.receipt().seen().proofs()).isEmpty();
            });
  }

  @Test
  @Tag("all")
  void a_store_that_can_be_written_says_with_which_key_and_keeps_nothing_of_the_proof() {
    publish(FIRST);
    EvidenceObserved before = look(5, 5);
    StoreProved proved =
        world()
            .evidenceSeen()
            .ensureWritable(
                new EnsureWritable(world().looking(), world().evidence(), SampleManifests.HARBOUR));
    assertThat(proved.keyId()).isNotBlank();
    assertThat(proved.path()).isNotBlank();
    assertThat(look(5, 5)).isEqualTo(before);
  }
}
