package dev.mooring.evidence;

import static dev.mooring.evidence.SampleManifests.lsn;
import static dev.mooring.evidence.SampleManifests.nameOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Document.Fault;
import dev.mooring.evidence.ManifestSelection.Cause;
import dev.mooring.evidence.ManifestSelection.Selected;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ManifestSelectionTest {
  private final MemoryDocuments documents = new MemoryDocuments();

  @Test
  void latest_is_taken_when_it_lies_at_or_above_every_floor() {
    documents.publish(1).publish(2).latest(2);
    assertChosen(
        latest(floor(0, lsn(2, 0)), floor(1, lsn(1, 1))), 2, "LATEST is at or above every floor");
    assertChosen(latest(), 2, "LATEST is at or above every floor");
  }

  @Test
  void newer_ones_than_latest_are_passed_over_with_a_sentence_each() {
    documents
        .publish(1)
        .latest(1)
        .pend(2)
        .publish(3)
        .list(nameOf(4), ManifestSelection.Stage.PENDING);
    assertThat(((Selected.Chosen) latest()).passedOver())
        .containsExactly(
            nameOf(4) + ": listed, but not there when it was read",
            nameOf(3) + ": READY, but LATEST does not name it yet",
            nameOf(2) + ": not READY, content 1: file of the point is not in the archive");
  }

  @Test
  void sentences_are_limited() {
    documents.publish(1).latest(1);
    for (int n = 2; n < 40; n++) {
      documents.pend(n);
    }
    assertThat(((Selected.Chosen) latest()).passedOver()).hasSize(13).endsWith("and 26 more");
  }

  @Test
  void latest_below_a_floor_leads_to_the_earliest_ready_one_above_all_floors() {
    documents.publish(1).publish(2).latest(2).publish(3).publish(4).pend(5);
    Selected selected = latest(floor(0, lsn(3, 0)), floor(1, lsn(1, 1)));
    assertChosen(selected, 3, "the earliest READY manifest at or above every floor");
    assertThat(((Selected.Chosen) selected).passedOver())
        .containsExactly(
            "LATEST "
                + nameOf(2)
                + ": content 0 at 0/6000090 lies below the floor 0/7000090 of west-0 (SQL)",
            nameOf(5) + ": not READY, content 1: file of the point is not in the archive",
            nameOf(4) + ": above every floor, but not the earliest",
            nameOf(2) + ": content 0 at 0/6000090 lies below the floor 0/7000090 of west-0 (SQL)");
  }

  @Test
  void nothing_is_taken_when_all_lie_below_a_floor() {
    documents.publish(1).publish(2).latest(2);
    Selected.Nothing nothing = (Selected.Nothing) latest(floor(1, lsn(9, 1)));
    assertThat(nothing.cause()).isEqualTo(Cause.BELOW_FLOOR);
    assertThat(nothing.sentence()).isEqualTo("no READY manifest lies at or above every floor");
    assertThat(nothing.passedOver()).hasSize(2).allMatch(s -> s.contains("the floor 0/D000098"));
  }

  @Test
  void a_floor_of_a_content_that_a_manifest_does_not_name_is_not_reached_by_it() {
    documents.publish(1).latest(1);
    assertThat(((Selected.Nothing) latest(floor(7, lsn(1, 0)))).passedOver())
        .contains(nameOf(1) + ": it does not name content 7 of west-7");
  }

  @Test
  void without_latest_there_is_none_only_if_nothing_was_published() {
    documents.pend(1);
    Selected none =
        new Selected.Nothing(
            Cause.NOT_THERE, "there is no LATEST: no restore point is READY yet", List.of());
    assertThat(latest()).isEqualTo(none);
    assertThat(ManifestSelection.last(documents)).isEqualTo(none);
    documents.publish(2);
    assertThat(ManifestSelection.lastBefore(nameOf(2), documents)).isEqualTo(none);
    for (Selected lost :
        List.of(
            latest(),
            ManifestSelection.last(documents),
            ManifestSelection.lastBefore(nameOf(3), documents))) {
      assertThat(((Selected.Unbelievable) lost).fault()).isEqualTo(Fault.UNREADABLE);
      assertThat(((Selected.Unbelievable) lost).sentence())
          .startsWith("LATEST is missing while " + nameOf(2) + " is published; ");
    }
  }

  @Test
  void a_torn_point_is_taken_by_its_name_alone() {
    documents.publish(1).latest(1).publishAs(2, SampleManifests.torn(2, 2));
    Selected newest = latest();
    assertChosen(newest, 1, "LATEST is at or above every floor");
    assertThat(((Selected.Chosen) newest).passedOver())
        .singleElement()
        .asString()
        .contains("is torn: ");
    assertChosen(safeForward(), 1, "the earliest READY manifest at or above every floor");
    Selected named =
        ManifestSelection.of(new ManifestChoice(nameOf(2).value()), List.of(), documents);
    assertThat(((Selected.Chosen) named).manifest().content().isTorn()).isTrue();
    assertThat(PendingManifests.tornSince(Optional.of(SampleManifests.ready(1, 2)), documents))
        .hasValue(nameOf(2));
    assertThat(PendingManifests.tornSince(Optional.of(SampleManifests.ready(2, 2)), documents))
        .isEmpty();
  }

  @Test
  void the_last_point_is_none_only_where_latest_was_never_written() {
    documents.latest(1).pend(2);
    assertChosen(ManifestSelection.last(documents), 1, "LATEST names it");
    documents.latestIs(MemoryDocuments.intact(SampleManifests.pending(1, 2)));
    assertThat(ManifestSelection.last(documents)).isInstanceOf(Selected.Unbelievable.class);
    documents.latestIs(new Document.Refused<>(Fault.FOREIGN, "another tool's"));
    assertThat(ManifestSelection.last(documents))
        .isEqualTo(
            new Selected.Unbelievable(
                Fault.UNREADABLE,
                "LATEST is refused: another tool's; move it away; once `mooring verify` finds"
                    + " nothing else wrong, copy the newest published manifest to LATEST.json"));
  }

  @Test
  void a_latest_that_is_not_ready_is_refused() {
    documents.latestIs(MemoryDocuments.intact(SampleManifests.pending(1, 2)));
    assertThat(((Selected.Nothing) latest()).cause()).isEqualTo(Cause.NOT_READY);
  }

  @Test
  void a_broken_latest_stops_the_run_and_a_foreign_one_is_refused() {
    documents.latestIs(new Document.Refused<>(Fault.SEAL_BROKEN, "it was altered"));
    assertThat(latest())
        .isEqualTo(new Selected.Unbelievable(Fault.SEAL_BROKEN, "manifest LATEST: it was altered"));
    documents.latestIs(new Document.Refused<>(Fault.UNREADABLE, "no JSON"));
    assertThat(latest())
        .isEqualTo(new Selected.Unbelievable(Fault.UNREADABLE, "manifest LATEST: no JSON"));
    documents.latestIs(new Document.Refused<>(Fault.FOREIGN, "another tool's"));
    assertThat(latest())
        .isEqualTo(
            new Selected.Nothing(Cause.FOREIGN, "LATEST is refused: another tool's", List.of()));
  }

  @Test
  void safe_forward_passes_over_what_is_broken_unready_or_gone_and_goes_on() {
    documents.publish(1).publish(2).breakPublished(3, "it was altered").publish(4);
    documents.list(nameOf(5), ManifestSelection.Stage.PUBLISHED);
    documents.publishAs(6, SampleManifests.pending(6, 2));
    Selected selected = safeForward(floor(0, lsn(2, 0)));
    assertChosen(selected, 2, "the earliest READY manifest at or above every floor");
    assertThat(((Selected.Chosen) selected).passedOver())
        .containsExactly(
            nameOf(6) + ": not READY, content 1: file of the point is not in the archive",
            nameOf(5) + ": listed, but not there when it was read",
            nameOf(3) + ": refused, it was altered",
            nameOf(4) + ": above every floor, but not the earliest",
            nameOf(1) + ": content 0 at 0/5000090 lies below the floor 0/6000090 of west-0 (SQL)");
  }

  @Test
  void safe_forward_without_any_ready_manifest_takes_nothing() {
    documents.pend(1);
    assertThat(((Selected.Nothing) safeForward()).sentence())
        .isEqualTo("there is no READY manifest");
    assertThat(((Selected.Nothing) safeForward()).cause()).isEqualTo(Cause.NOT_THERE);
  }

  @Test
  void safe_forward_stops_reading_at_the_first_one_below_a_floor() {
    for (int n = 1; n <= 500; n++) {
      documents.publish(n);
    }
    assertChosen(
        safeForward(floor(0, lsn(498, 0))),
        498,
        "the earliest READY manifest at or above every floor");
    assertThat(documents.reads()).isEqualTo(4);
  }

  @Test
  void a_named_one_is_taken_only_if_ready_intact_and_above_the_floors() {
    documents.publish(1).publish(2).pend(3).breakPublished(4, "it was altered").latest(2);
    documents.publishAs(5, SampleManifests.pending(5, 2));
    assertChosen(named(1), 1, "named, and at or above every floor");
    assertNothing(
        named(1, floor(0, lsn(2, 0))),
        Cause.BELOW_FLOOR,
        nameOf(1) + ": content 0 at 0/5000090 lies below the floor 0/6000090 of west-0 (SQL)");
    assertNothing(
        named(3),
        Cause.NOT_READY,
        nameOf(3) + ": not READY, content 1: file of the point is not in the archive");
    assertNothing(
        named(5),
        Cause.NOT_READY,
        nameOf(5) + ": not READY, content 1: file of the point is not in the archive");
    assertNothing(named(9), Cause.NOT_THERE, "there is no manifest " + nameOf(9));
    assertThat(named(4))
        .isEqualTo(
            new Selected.Unbelievable(
                Fault.SEAL_BROKEN, "manifest " + nameOf(4) + ": it was altered"));
  }

  @Property
  void what_is_chosen_lies_above_every_floor_and_what_is_before_it_does_not(
      @ForAll @IntRange(min = 1, max = 30) int published,
      @ForAll @IntRange(min = 0, max = 32) int floorAt,
      @ForAll @IntRange(min = 0, max = 1) int content) {
    MemoryDocuments many = new MemoryDocuments();
    for (int n = 1; n <= published; n++) {
      many.publish(n);
    }
    many.latest(published);
    Lsn floor = lsn(floorAt, content);
    Selected selected =
        ManifestSelection.of(ManifestChoice.SAFE_FORWARD, List.of(floor(content, floor)), many);
    if (floorAt > published) {
      assertThat(selected).isInstanceOf(Selected.Nothing.class);
    } else {
      assertThat(((Selected.Chosen) selected).manifest().content())
          .isEqualTo(SampleManifests.ready(Math.max(1, floorAt), 2));
    }
  }

  private Selected latest(ContentFloor... floors) {
    return ManifestSelection.of(ManifestChoice.LATEST, List.of(floors), documents);
  }

  private Selected safeForward(ContentFloor... floors) {
    return ManifestSelection.of(ManifestChoice.SAFE_FORWARD, List.of(floors), documents);
  }

  private Selected named(int n, ContentFloor... floors) {
    return ManifestSelection.of(new ManifestChoice(nameOf(n).value()), List.of(floors), documents);
  }

  private static ContentFloor floor(int content, Lsn floor) {
    return new ContentFloor(
        new ContentId(content), new InstanceId("west-" + content), floor, "SQL");
  }

  private static void assertChosen(Selected selected, int n, String why) {
    assertThat(selected).isInstanceOf(Selected.Chosen.class);
    Selected.Chosen chosen = (Selected.Chosen) selected;
    assertThat(chosen.manifest().content()).isEqualTo(SampleManifests.ready(n, 2));
    assertThat(chosen.why()).isEqualTo(why);
  }

  private static void assertNothing(Selected selected, Cause cause, String sentence) {
    assertThat(selected).isEqualTo(new Selected.Nothing(cause, sentence, List.of()));
  }
}
