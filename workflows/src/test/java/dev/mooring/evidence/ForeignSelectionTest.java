package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ForeignSelection.Copy;
import dev.mooring.evidence.ForeignSelection.Selected;
import dev.mooring.evidence.ManifestSelection.Cause;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForeignSelectionTest {
  private static final List<ContentFloor> NONE = List.of();

  private final SortedMap<RestorePointName, Copy> copies = new TreeMap<>();
  private Copy latest = Copy.refused("field segments is missing");

  private final ForeignSelection.StoredDocuments documents =
      new ForeignSelection.StoredDocuments() {
        @Override
        public Copy latest() {
          return latest;
        }

        @Override
        public Optional<Copy> named(RestorePointName name) {
          return Optional.ofNullable(copies.get(name));
        }

        @Override
        public List<RestorePointName> newestFirst() {
          return copies.keySet().stream().sorted(Comparator.reverseOrder()).toList();
        }
      };

  @Test
  void latest_is_taken_when_it_is_ready_and_at_or_above_every_floor() {
    write(1, true, 100, 200);
    assertChosen(select(ManifestChoice.LATEST, floor(0, 100), floor(1, 150)), 1);
    assertChosen(select(ManifestChoice.LATEST), 1);
  }

  @Test
  void the_earliest_ready_one_above_all_floors_is_taken_when_latest_lies_below_one() {
    write(1, true, 100, 200);
    write(2, false, 150, 250);
    write(3, true, 160, 260);
    write(4, true, 170);
    write(5, true, 180, 280);
    write(0, true, 50, 60);
    Selected selected = select(ManifestChoice.LATEST, floor(0, 110), floor(1, 210));
    assertChosen(selected, 3);
    assertThat(((Selected.Chosen) selected).passedOver())
        .containsExactly(
            "LATEST p0: content 0 at 0/50 lies below the floor 0/110 of west-0 (SQL), content 1 at"
                + " 0/60 lies below the floor 0/210 of west-1 (SQL)",
            "p4: names contents [0] only",
            "p2: not ready",
            "p1: content 0 at 0/100 lies below the floor 0/110 of west-0 (SQL), content 1 at"
                + " 0/200 lies below the floor 0/210 of west-1 (SQL)");
  }

  @Test
  void a_latest_that_is_not_ready_is_refused_and_no_older_one_taken() {
    write(1, true, 100, 200);
    write(2, true, 110, 210);
    write(3, false, 120, 220);
    assertThat(((Selected.Nothing) select(ManifestChoice.LATEST)).sentence())
        .isEqualTo(
            "LATEST is p3, not ready; the newest that is ready and above every floor is p2. HINT: a"
                + " person may take it with consume --target p2");
    assertThat(((Selected.Nothing) select(ManifestChoice.LATEST, floor(0, 115))).sentence())
        .isEqualTo("LATEST is p3, not ready; none that is ready lies above every floor");
  }

  @Test
  void what_can_not_be_understood_is_a_failure_when_asked_for_and_passed_over_otherwise() {
    assertThat(select(ManifestChoice.LATEST))
        .isEqualTo(new Selected.Unreadable("LATEST: field segments is missing"));
    write(1, true, 100);
    copies.put(new RestorePointName("p2"), Copy.refused("the document must be a JSON object"));
    assertThat(select(new ManifestChoice("p2")))
        .isEqualTo(new Selected.Unreadable("manifest p2: the document must be a JSON object"));
    assertChosen(select(ManifestChoice.SAFE_FORWARD), 1);
  }

  @Test
  void nothing_is_taken_below_a_floor_or_where_nothing_is() {
    assertThat(((Selected.Nothing) select(ManifestChoice.SAFE_FORWARD)).cause())
        .isEqualTo(Cause.NOT_THERE);
    write(1, true, 100);
    ManifestChoice named = new ManifestChoice("p1");
    assertThat(((Selected.Nothing) select(named, floor(0, 101))).cause())
        .isEqualTo(Cause.BELOW_FLOOR);
    assertThat(((Selected.Nothing) select(ManifestChoice.LATEST, floor(0, 101))).cause())
        .isEqualTo(Cause.BELOW_FLOOR);
    assertChosen(select(named, floor(0, 100)), 1);
  }

  private Selected select(ManifestChoice choice, ContentFloor... floors) {
    return ForeignSelection.of(choice, floors.length == 0 ? NONE : List.of(floors), documents);
  }

  private static void assertChosen(Selected selected, int number) {
    assertThat(((Selected.Chosen) selected).manifest().restorePoint()).hasToString("p" + number);
  }

  private static ContentFloor floor(int content, long hex) {
    return new ContentFloor(
        new ContentId(content), new InstanceId("west-" + content), lsn(hex), "SQL");
  }

  private void write(int number, boolean ready, long... positions) {
    List<ForeignManifest.Segment> segments =
        IntStream.range(0, positions.length)
            .mapToObj(i -> new ForeignManifest.Segment(new ContentId(i), lsn(positions[i]), ""))
            .toList();
    RestorePointName name = new RestorePointName("p" + number);
    latest = Copy.of(new ForeignManifest(name, ready, segments), "sha");
    copies.put(name, latest);
  }

  private static Lsn lsn(long decimalShownAsHex) {
    return Lsn.parse("0/" + decimalShownAsHex);
  }
}
