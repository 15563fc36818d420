package dev.mooring.contract;

import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.ContentFloor;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestChoice;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities.Answer;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ManifestActivities.LastRead;
import dev.mooring.port.ManifestActivities.ManifestPublished;
import dev.mooring.port.ManifestActivities.ManifestRead;
import dev.mooring.port.ManifestActivities.ManifestWritten;
import dev.mooring.port.ManifestActivities.ReadLast;
import dev.mooring.port.ManifestActivities.ReadManifest;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pending, then READY and immutable; LATEST is replaced by a newer READY manifest only. */
public abstract class ManifestContract {
  private static final Manifest FIRST = SampleManifests.ready(1, 2);
  private static final Manifest SECOND = SampleManifests.ready(2, 2);

  /** The world all tests of a class share. */
  protected abstract EvidenceWorld world();

  @BeforeEach
  void begin() {
    world().emptyStore();
  }

  private EnsureManifest write(Manifest manifest) {
    return new EnsureManifest(world().looking(), world().evidence(), manifest);
  }

  private ManifestWritten pending(Manifest manifest) {
    return world().manifests().ensurePending(write(manifest));
  }

  private ManifestPublished ready(Manifest manifest) {
    return world().manifests().ensureReady(write(manifest));
  }

  private ManifestRead read(ManifestChoice choice, ContentFloor... floors) {
    return world()
        .manifests()
        .readManifest(
            new ReadManifest(
                world().looking(),
                world().evidence(),
                SampleManifests.HARBOUR,
                choice,
                List.of(floors)));
  }

  private ManifestRead latest(ContentFloor... floors) {
    return read(ManifestChoice.LATEST, floors);
  }

  private static ManifestChoice named(Manifest manifest) {
    return new ManifestChoice(manifest.name().value());
  }

  private static void assertFound(ManifestRead read, Manifest manifest) {
    assertThat(read.answer())
        .isInstanceOfSatisfying(
            Answer.Found.class, found -> assertThat(found.manifest()).isEqualTo(manifest));
  }

  private static void assertNone(ManifestRead read, FailureCode code) {
    assertThat(read.answer())
        .isInstanceOfSatisfying(Answer.None.class, none -> assertThat(none.code()).isEqualTo(code));
  }

  /** A floor at the nth point of content 0. */
  private static ContentFloor floor(int n) {
    return new ContentFloor(
        new ContentId(0), new InstanceId("west-0"), SampleManifests.lsn(n, 0), "pg_controldata");
  }

  @Test
  @Tag("all")
  void an_empty_store_has_no_manifest() {
    assertNone(latest(), FailureCode.NO_MANIFEST);
    assertNone(read(named(FIRST)), FailureCode.NO_MANIFEST);
    assertNone(read(ManifestChoice.SAFE_FORWARD), FailureCode.NO_MANIFEST);
  }

  @Test
  @Tag("all")
  void a_pending_manifest_is_never_consumed_and_never_latest() {
    ManifestWritten written = pending(SampleManifests.pending(1, 2));
    assertThat(pending(SampleManifests.pending(1, 2))).isEqualTo(written);
    assertNone(latest(), FailureCode.NO_MANIFEST);
    assertNone(read(named(FIRST)), FailureCode.NO_MANIFEST);
    ready(FIRST);
    pending(SampleManifests.pending(2, 2));
    assertFound(latest(), FIRST);
    assertFound(read(ManifestChoice.SAFE_FORWARD), FIRST);
  }

  @Test
  void a_ready_manifest_takes_its_pending_ones_place_and_is_read_back_whole() {
    pending(SampleManifests.pending(1, 2));
    ManifestPublished written = ready(FIRST);
    assertThat(ready(FIRST)).isEqualTo(written);
    for (ManifestChoice choice : List.of(ManifestChoice.LATEST, named(FIRST))) {
      ManifestRead read = read(choice);
      assertFound(read, FIRST);
      assertThat(((Answer.Found) read.answer()).sha256()).isEqualTo(written.sha256());
    }
    refused(FailureCode.EVIDENCE_CONFLICT, () -> pending(SampleManifests.pending(1, 2)));
  }

  @Test
  @Tag("all")
  void a_ready_manifest_never_changes() {
    ready(FIRST);
    Manifest other =
        new Manifest(
            FIRST.header(), SECOND.contents(), FIRST.proofs(), FIRST.archive(), FIRST.reasons());
    refused(FailureCode.EVIDENCE_CONFLICT, () -> ready(other));
    assertFound(read(named(FIRST)), FIRST);
    assertFound(latest(), FIRST);
  }

  @Test
  void latest_goes_forward_only() {
    assertThat(ready(FIRST).latest()).isEqualTo(FIRST.name());
    assertThat(ready(SECOND).latest()).isEqualTo(SECOND.name());
    assertFound(latest(), SECOND);
    assertThat(ready(SampleManifests.ready(0, 2)).latest()).isEqualTo(SECOND.name());
    assertThat(ready(FIRST).latest()).isEqualTo(SECOND.name());
    assertFound(latest(), SECOND);
    assertFound(read(named(FIRST)), FIRST);
  }

  @Test
  @Tag("all")
  void a_manifest_that_is_not_ready_is_not_published() {
    assertThatThrownBy(() -> ready(SampleManifests.pending(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not READY");
    assertNone(latest(), FailureCode.NO_MANIFEST);
  }

  @Test
  @Tag("all")
  void a_latest_below_a_floor_gives_way_to_the_earliest_point_above_it() {
    ready(SECOND);
    ready(SampleManifests.ready(3, 2));
    ready(SampleManifests.ready(4, 2));
    assertFound(read(ManifestChoice.SAFE_FORWARD, floor(3)), SampleManifests.ready(3, 2));
    assertFound(latest(floor(3)), SampleManifests.ready(4, 2));
    ManifestRead none = latest(floor(5));
    assertNone(none, FailureCode.BEYOND_TARGET);
    assertThat(none.passedOver()).isNotEmpty();
    assertNone(read(named(SECOND), floor(3)), FailureCode.BEYOND_TARGET);
  }

  private ManifestWritten torn(Manifest manifest) {
    return world().manifests().ensureTorn(write(manifest));
  }

  @Test
  @Tag("all")
  void a_torn_points_manifest_stands_beside_latest_and_is_found_by_its_name_alone() {
    ready(FIRST);
    pending(SampleManifests.pending(2, 2));
    Manifest manifest = SampleManifests.torn(2, 2);
    ManifestWritten written = torn(manifest);
    assertThat(torn(manifest)).isEqualTo(written);
    assertFound(latest(), FIRST);
    assertFound(read(ManifestChoice.SAFE_FORWARD), FIRST);
    assertFound(read(named(manifest)), manifest);
    assertThat(last().torn()).containsExactly(manifest.name());
    assertThat(last().pending()).isEmpty();
    ready(SampleManifests.ready(3, 2));
    assertThat(last().torn()).isEmpty();
  }

  @Test
  @Tag("all")
  void a_torn_manifest_where_nothing_was_ready_yet_is_no_sign_of_a_lost_latest() {
    torn(SampleManifests.torn(1, 2));
    assertNone(latest(), FailureCode.NO_MANIFEST);
    assertThat(last().torn()).hasSize(1);
    assertThat(ready(SECOND).latest()).isEqualTo(SECOND.name());
  }

  @Test
  @Tag("all")
  void nothing_but_a_torn_manifest_is_written_beside_latest() {
    assertThatThrownBy(() -> torn(FIRST)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> torn(SampleManifests.pending(1, 2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Tag("all")
  void a_point_that_becomes_ready_in_anothers_place_removes_that_ones_pending_manifest() {
    pending(SampleManifests.pending(2, 2));
    world()
        .manifests()
        .ensureReady(
            new EnsureManifest(
                world().looking(), world().evidence(), FIRST, List.of(SECOND.name())));
    assertThat(last().pending()).isEmpty();
    assertNone(read(named(SECOND)), FailureCode.NO_MANIFEST);
  }

  private LastRead last() {
    return world()
        .manifests()
        .readLast(
            new ReadLast(
                world().looking(),
                world().evidence(),
                SampleManifests.HARBOUR,
                2,
                List.of(),
                List.of()));
  }

  @Test
  @Tag("all")
  void what_is_pending_since_latest_is_given_back_the_oldest_first() {
    assertThat(last().answer()).isInstanceOf(Answer.None.class);
    pending(SampleManifests.pending(0, 2));
    ready(FIRST);
    pending(SampleManifests.pending(2, 2));
    pending(SampleManifests.pending(3, 2));
    pending(SampleManifests.pending(4, 2));
    LastRead last = last();
    assertThat(last.answer())
        .isInstanceOfSatisfying(
            Answer.Found.class, found -> assertThat(found.manifest()).isEqualTo(FIRST));
    assertThat(last.pending())
        .containsExactly(SampleManifests.pending(3, 2), SampleManifests.pending(4, 2));
    world().hands().alterLatest();
    refused(FailureCode.SEAL_BROKEN, this::last);
  }

  @Test
  @Tag("all")
  void a_latest_that_was_lost_is_never_taken_for_none() {
    ready(FIRST);
    world().hands().loseLatest();
    unpublishable(FailureCode.EVIDENCE_UNREADABLE, "LATEST is missing while " + FIRST.name());
    refused(FailureCode.EVIDENCE_UNREADABLE, this::latest);
    assertThat(ready(FIRST).latest()).as("its first write was done").isEqualTo(FIRST.name());
    assertFound(latest(), FIRST);
  }

  @Test
  @Tag("all")
  void a_latest_of_another_tool_is_never_taken_for_none() {
    ready(FIRST);
    world().hands().foreignLatest();
    unpublishable(FailureCode.EVIDENCE_UNREADABLE, "LATEST is refused");
    assertNone(latest(), FailureCode.NO_MANIFEST);
  }

  /** The next publish can't go by LATEST, and nothing is written beside it. */
  private void unpublishable(FailureCode code, String fact) {
    assertThat(refused(code, this::last).getOriginalMessage())
        .contains(fact)
        .contains("copy the newest published manifest to LATEST.json");
    refused(code, () -> ready(SECOND));
    assertNone(read(named(SECOND)), FailureCode.NO_MANIFEST);
  }

  @Test
  @Tag("all")
  void a_latest_that_was_altered_is_neither_believed_nor_replaced() {
    ready(FIRST);
    world().hands().alterLatest();
    refused(FailureCode.SEAL_BROKEN, this::latest);
    refused(FailureCode.SEAL_BROKEN, () -> ready(SECOND));
    assertNone(read(named(SECOND)), FailureCode.NO_MANIFEST);
    refused(FailureCode.SEAL_BROKEN, this::latest);
    assertFound(read(named(FIRST)), FIRST);
  }
}
