package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.ArchiveObservations;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** East made the last READY point on timeline 1; west was promoted since, and archives apart. */
class WalToCopyTest {
  private static final String OF_WEST =
      "{name: west, consume: onPublish, archive: {directory: \"/archive/{content}\"";
  private static final ArchiveObservations.Seen ALL_SEEN = looked(east(16));

  private final Cluster cluster =
      Harbour.cluster(2, OF_WEST, OF_WEST.replace("/archive/", "/west/"));
  private final Manifest last = ObservedInstances.manifest(cluster);

  private static String file(int timeline, int number) {
    return WalFileName.of(new TimelineId(timeline), number, Harbour.WAL_SIZE).text();
  }

  private static MissingWal lost(int timeline, int number) {
    return MissingWal.absent(file(timeline, number));
  }

  private static RecentArchived east(long files, MissingWal... missing) {
    return new RecentArchived(new InstanceId("east-0"), files, List.of(missing), List.of());
  }

  private static ArchiveObservations.Seen looked(RecentArchived seen) {
    return new ArchiveObservations.Seen(List.of(seen), List.of());
  }

  private static ContentEvidence madeBy(Cluster of, String owner, int content, int timeline) {
    ContentTarget target =
        new ContentTarget(
            new ContentId(content),
            Harbour.systemOf(new ContentId(content)),
            new TimelineId(timeline),
            Lsn.parse("0/90000A0"),
            new WalFileName(file(timeline, 9)),
            Harbour.WAL_SIZE);
    return Altered.of(
        Altered.of(ObservedInstances.evidence(of, content), "owner.instance", owner),
        "target",
        target);
  }

  private List<WalToCopy> copies(Cluster of, String owner, MissingWal... missing) {
    return copies(of, owner, 2, missing);
  }

  private List<WalToCopy> copies(Cluster of, String owner, int timeline, MissingWal... missing) {
    PointArchived seen =
        new PointArchived(new InstanceId(owner), List.of(), List.of(), List.of(missing));
    return WalToCopy.of(
        of,
        Optional.of(last),
        List.of(madeBy(cluster, owner, 0, timeline)),
        List.of(new PointsArchived(new HostName("w0"), List.of(seen), List.of())));
  }

  private String explained(List<WalToCopy> copies, ArchiveObservations.Seen looks) {
    return WalToCopy.explained(cluster, List.of("content 0: …"), copies, looks).get(0);
  }

  @Test
  void names_the_files_both_archives_and_the_command() {
    List<WalToCopy> copies = copies(cluster, "west-0", lost(1, 3), lost(1, 4));

    assertThat(explained(copies, ALL_SEEN))
        .isEqualTo(
            "content 0: 2 WAL files, 000000010000000000000003 to 000000010000000000000004, are"
                + " missing in the archive of site west (/west/0 on host w0). The last READY point"
                + " was made at site east, before production moved to site west. The archive of"
                + " site east (/archive/0 on host e0) has all of them");
    assertThat(WalToCopy.hint(cluster, copies, ALL_SEEN))
        .isEqualTo(
            "on host e0 run: cd /archive/0 && ls | awk 'length($0) == 24 &&"
                + " $0 >= \"000000010000000000000003\" && $0 <= \"000000010000000000000004\"' |"
                + " rsync -a --ignore-existing --files-from=- . postgres@127.31.20.1:/west/0/;"
                + " then `mooring publish harbour`");
  }

  @Test
  void counts_the_files_that_a_long_list_does_not_name() {
    WalToCopy copy = copies(cluster, "west-0", lost(1, 3), MissingWal.rest(file(1, 90), 87)).get(0);

    assertThat(copy.files()).isEqualTo(88);
    assertThat(copy.last()).isEqualTo(new WalFileName(file(1, 90)));
    assertThat(explained(List.of(copy), ALL_SEEN))
        .contains("has the last 16 files of that range at least");
  }

  @Test
  void says_why_the_files_were_not_seen_at_the_other_site() {
    List<WalToCopy> copies = copies(cluster, "west-0", lost(1, 3));
    InstanceFailure silent =
        new InstanceFailure(new InstanceId("east-0"), FailureCode.NO_WORKER, "nobody there");

    assertThat(explained(copies, new ArchiveObservations.Seen(List.of(), List.of(silent))))
        .endsWith("could not be read there: nobody there");
    assertThat(explained(copies, new ArchiveObservations.Seen(List.of(), List.of())))
        .endsWith("could not be read there: no answer came");
    assertThat(explained(copies, looked(east(2, lost(1, 3)))))
        .endsWith("lacks them too: " + file(1, 3) + " is missing");
  }

  @Test
  void what_is_in_neither_archive_has_no_command() {
    List<WalToCopy> copies = copies(cluster, "west-0", lost(1, 3), lost(1, 4));

    assertThat(WalToCopy.hint(cluster, copies, looked(east(2, lost(1, 4)))))
        .isEqualTo(
            file(1, 4)
                + " of content 0 is in neither archive, look for it in pg_wal of east-0 and of"
                + " west-0; then `mooring publish harbour`");
  }

  @Test
  void a_file_that_only_the_old_archive_lacks_is_no_matter() {
    List<WalToCopy> copies = copies(cluster, "west-0", lost(1, 3), lost(1, 5));

    assertThat(WalToCopy.hint(cluster, copies, looked(east(3, lost(1, 4))))).contains("rsync");
  }

  @Test
  void the_end_of_a_long_list_counts_among_what_is_in_neither_archive() {
    List<WalToCopy> copies =
        copies(cluster, "west-0", lost(1, 3), MissingWal.rest(file(1, 90), 87));

    assertThat(WalToCopy.hint(cluster, copies, looked(east(16, lost(1, 80)))))
        .contains(file(1, 80) + " of content 0 is in neither archive")
        .doesNotContain("rsync");
  }

  @Test
  void the_whole_range_is_counted_before_all_of_it_is_there() {
    List<WalToCopy> copies = copies(cluster, "west-0", lost(1, 3), lost(1, 10));

    assertThat(explained(copies, looked(east(7))))
        .endsWith("has the last 7 files of that range at least");
    assertThat(explained(copies, looked(east(8)))).endsWith("has all of them");
  }

  @Test
  void a_host_that_is_named_localhost_is_no_target_of_a_command() {
    String host = "{name: w0, access: ssh, address: 127.31.20.1,";
    Cluster local = Harbour.cluster(2, host, "{name: w0, access: local,");
    List<WalToCopy> copies = copies(local, "west-0", lost(1, 3), lost(1, 4));

    assertThat(WalToCopy.hint(local, copies, ALL_SEEN))
        .isEqualTo(
            "copy "
                + file(1, 3)
                + " to "
                + file(1, 4)
                + " from e0:/archive/0 to w0:/archive/0; then `mooring publish harbour`");
  }

  @Test
  void files_of_two_timelines_are_two_ranges() {
    List<WalToCopy> copies =
        copies(cluster, "west-0", 3, lost(1, 3), lost(1, 4), lost(2, 5), lost(2, 6), lost(3, 8));

    assertThat(explained(copies, ALL_SEEN))
        .startsWith(
            "content 0: 4 WAL files, %s to %s and %s to %s, are missing"
                .formatted(file(1, 3), file(1, 4), file(2, 5), file(2, 6)));
    assertThat(WalToCopy.hint(cluster, copies, ALL_SEEN))
        .contains(
            ("awk 'length($0) == 24 && ($0 >= \"%s\" && $0 <= \"%s\""
                    + " || $0 >= \"%s\" && $0 <= \"%s\")'")
                .formatted(file(1, 3), file(1, 4), file(2, 5), file(2, 6)));
  }

  @Test
  void a_list_that_ends_on_a_later_timeline_names_at_least_its_files_of_the_earlier_one() {
    MissingWal rest = MissingWal.rest(file(2, 90), 87);
    WalToCopy copy = copies(cluster, "west-0", lost(1, 3), lost(1, 4), rest).get(0);

    assertThat(copy.last()).isEqualTo(new WalFileName(file(1, 4)));
    assertThat(copy.beside()).containsExactly(rest);
    assertThat(explained(List.of(copy), ALL_SEEN)).startsWith("content 0: at least 2 WAL files, ");

    WalToCopy ofThree = copies(cluster, "west-0", 3, lost(1, 3), lost(1, 4), rest).get(0);
    assertThat(ofThree.last()).isEqualTo(new WalFileName(file(1, 4)));
    assertThat(ofThree.atLeast()).isTrue();
  }

  @Test
  void a_list_that_names_files_of_the_new_timeline_names_all_of_the_earlier_one() {
    MissingWal rest = MissingWal.rest(file(2, 90), 87);
    WalToCopy copy = copies(cluster, "west-0", lost(1, 3), lost(2, 4), rest).get(0);

    assertThat(copy.atLeast()).isFalse();
    assertThat(copy.files()).isEqualTo(1);
  }

  @Test
  void of_many_contents_the_first_four_are_shown() {
    Cluster six = Harbour.cluster(6, OF_WEST, OF_WEST.replace("/archive/", "/west/"));
    List<WalToCopy> copies =
        WalToCopy.of(
            six,
            Optional.of(ObservedInstances.manifest(six)),
            IntStream.range(0, 6).mapToObj(i -> madeBy(six, "west-" + i, i, 2)).toList(),
            List.of(
                new PointsArchived(
                    new HostName("w0"),
                    IntStream.range(0, 6)
                        .mapToObj(
                            i ->
                                new PointArchived(
                                    new InstanceId("west-" + i),
                                    List.of(),
                                    List.of(),
                                    List.of(lost(1, 3))))
                        .toList(),
                    List.of())));
    List<String> reasons = IntStream.range(0, 6).mapToObj(i -> "content " + i + ": …").toList();

    assertThat(WalToCopy.explained(six, reasons, copies, ALL_SEEN))
        .hasSize(5)
        .last()
        .isEqualTo("and 2 more contents, the same way");
    assertThat(WalToCopy.hint(six, copies, ALL_SEEN))
        .contains("/west/3/; and 2 more contents, the same way; then ")
        .doesNotContain("/west/4/");
  }

  @Test
  void a_gap_before_the_files_says_nothing_of_them() {
    List<WalToCopy> copies = copies(cluster, "west-0", lost(1, 5));

    assertThat(explained(copies, looked(east(5, lost(1, 2))))).endsWith("has all of them");
  }

  @Test
  void what_else_is_missing_is_named_beside() {
    List<WalToCopy> copies = copies(cluster, "west-0", lost(1, 3), lost(2, 8));

    assertThat(copies.get(0).last()).isEqualTo(new WalFileName(file(1, 3)));
    assertThat(explained(copies, ALL_SEEN)).endsWith("; and " + file(2, 8) + " is missing");
  }

  @Test
  void reasons_of_other_contents_stay_as_they_are() {
    List<WalToCopy> copies = copies(cluster, "west-0", lost(1, 3));

    assertThat(
            WalToCopy.explained(
                cluster, List.of("content 0: …", "content 1: late"), copies, ALL_SEEN))
        .hasSize(2)
        .contains("content 1: late");
  }

  @Test
  void nothing_is_to_be_copied_where_production_did_not_move_or_all_is_its_own() {
    assertThat(copies(cluster, "east-0", lost(1, 3))).isEmpty();
    assertThat(copies(cluster, "west-0", lost(2, 8))).isEmpty();
    assertThat(copies(cluster, "west-0", new MissingWal(file(1, 3), "12 bytes instead of 16")))
        .isEmpty();
    assertThat(copies(cluster, "west-0")).isEmpty();
  }

  @Test
  void archives_of_other_kinds_are_copied_with_their_own_programs() {
    Cluster asked =
        Harbour.cluster(
            2,
            OF_WEST,
            OF_WEST.replace("/archive/", "/west/") + ", walCheck: {command: 'test -f {wal_path}'}");
    List<WalToCopy> copies = copies(asked, "west-0", lost(1, 3));

    assertThat(WalToCopy.hint(asked, copies, ALL_SEEN))
        .doesNotContain("rsync")
        .contains("copy " + file(1, 3) + " of content 0 from /archive/0")
        .contains("to /west/0, asked by test -f {wal_path}");
  }
}
