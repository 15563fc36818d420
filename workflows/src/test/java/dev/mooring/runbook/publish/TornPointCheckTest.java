package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ClockWindow;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Cut;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.TransactionsArchived;
import dev.mooring.port.ArchiveActivities.WantedTransactions;
import dev.mooring.postgres.Captured;
import dev.mooring.postgres.DistributedTransactions;
import dev.mooring.postgres.DistributedTransactions.Global;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TornPointCheckTest {
  private static final Cut MADE = new Cut(Cut.Kind.UNPROVED, 2, "not looked at");

  /** Where the coordinator stood before the call, its point, the segments' point, their end. */
  private static final long BEFORE = 0x3000100;

  private static final long COORDINATOR = 0x3000200;
  private static final long SEGMENT = 0x3000300;
  private static final long AFTER = 0x3000400;

  private final Cluster dock = Harbour.dock();
  private final List<ContentEvidence> contents =
      List.of(
          at("coordinator", COORDINATOR, BEFORE),
          at("seg0", SEGMENT, AFTER),
          at("seg1", SEGMENT, AFTER));

  private ContentEvidence at(String id, long point, long end) {
    Instance owner = Harbour.instance(dock, id);
    return new ContentEvidence(
            new ContentTarget(
                owner.content(),
                Harbour.systemOf(owner.content()),
                TimelineId.FIRST,
                new Lsn(point),
                ObservedInstances.FILE,
                Harbour.WAL_SIZE),
            new ContentEvidence.Owner(
                owner.id(), owner.host(), owner.port(), Harbour.VERSION, ObservedInstances.STARTED),
            new ClockWindow(ObservedInstances.MADE, ObservedInstances.MADE.plusMillis(5)),
            new Lsn(AFTER),
            Harbour.LIMITS,
            HostNeeds.NONE)
        .withTransactionsLsn(new Lsn(end));
  }

  private static DistributedTransactions committed(String gid, long start) {
    return new DistributedTransactions(List.of(new Global(gid, new Lsn(start))), List.of());
  }

  private static DistributedTransactions prepared(String gid, long start) {
    return new DistributedTransactions(List.of(), List.of(new Global(gid, new Lsn(start))));
  }

  private Cut judge(DistributedTransactions... found) {
    List<TransactionsArchived> read = new ArrayList<>();
    for (DistributedTransactions one : found) {
      read.add(TransactionsArchived.read(one));
    }
    return judge(read);
  }

  private Cut judge(List<TransactionsArchived> read) {
    return TornPointCheck.judge(MADE, contents, seen(read));
  }

  private List<PointsArchived> seen(List<TransactionsArchived> read) {
    List<PointArchived> points =
        IntStream.range(0, read.size())
            .mapToObj(
                i ->
                    new PointArchived(
                        contents.get(i).owner().instance(),
                        List.of(),
                        List.of(),
                        List.of(),
                        "",
                        List.of(),
                        List.of(read.get(i)),
                        ""))
            .toList();
    return List.of(new PointsArchived(new HostName("cdw"), points, List.of()));
  }

  /** The borders: a record that begins at the end of a point's record comes after it. */
  @ParameterizedTest
  @CsvSource({
    "0x3000100, 0x3000300, TORN",
    "0x30001F8, 0x30003F8, TORN",
    "0x3000200, 0x3000300, ATOMIC",
    "0x3000100, 0x30002F8, ATOMIC",
    "0x3000200, 0x30002F8, ATOMIC"
  })
  void is_torn_by_one_committed_before_the_point_and_prepared_after_it(
      String commit, String prepare, Cut.Kind kind) {
    Cut cut =
        judge(
            committed("1764-1", Long.decode(commit)),
            prepared("1764-1", SEGMENT - 8),
            prepared("1764-1", Long.decode(prepare)));
    assertThat(cut.kind()).isEqualTo(kind);
    assertThat(cut.spreadMillis()).isEqualTo(MADE.spreadMillis());
  }

  /** Five torn points of a real server under load, and a whole one. */
  @ParameterizedTest
  @ValueSource(strings = {"p14", "p18", "p22", "p37", "p56", "p2"})
  void real_points_are_judged_as_their_opened_copies_were(String point) {
    List<String> lines =
        Captured.text("greenplum-points.waldump")
            .lines()
            .dropWhile(line -> !line.startsWith("## " + point + " "))
            .toList();
    Map<String, String> says =
        Pattern.compile("(\\w+)=(\\S*)")
            .matcher(lines.get(0))
            .results()
            .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
    List<ContentEvidence> real =
        List.of(
            at("coordinator", lsn(says, "Rc"), lsn(says, "A")),
            at("seg0", lsn(says, "R0"), lsn(says, "Z0")),
            at("seg1", lsn(says, "R1"), lsn(says, "Z1")));
    List<TransactionsArchived> read = new ArrayList<>();
    for (ContentEvidence content : real) {
      read.add(decoded(lines, content));
    }

    Cut cut = TornPointCheck.judge(MADE, real, seen(read));

    List<String> torn = List.of(Objects.requireNonNull(says.get("torn")).split(",", -1));
    assertThat(cut.kind()).isEqualTo(point.equals("p2") ? Cut.Kind.ATOMIC : Cut.Kind.TORN);
    assertThat(torn).allMatch(one -> cut.why().contains(one.replace(":", ": ")));
  }

  private static long lsn(Map<String, String> says, String name) {
    return Lsn.parse(Objects.requireNonNull(says.get(name))).value();
  }

  /** The records of its range, as pg_waldump is asked for it. */
  private static TransactionsArchived decoded(List<String> lines, ContentEvidence content) {
    WantedTransactions range = TornPointCheck.range(content, content.target().lsn()).get(0);
    DistributedTransactions all =
        DistributedTransactions.parse(
            lines.stream()
                .dropWhile(line -> !line.equals("# content " + content.target().content()))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .collect(Collectors.joining("\n")));
    return TransactionsArchived.read(
        new DistributedTransactions(within(range, all.committed()), within(range, all.prepared())));
  }

  private static List<Global> within(WantedTransactions range, List<Global> records) {
    return records.stream()
        .filter(one -> !one.start().isBefore(range.from()) && one.start().isBefore(range.until()))
        .toList();
  }

  @Test
  void names_the_transactions_and_the_content() {
    Cut cut =
        judge(
            committed("1764-1", BEFORE), prepared("1764-1", SEGMENT), prepared("1764-1", SEGMENT));
    assertThat(cut.why())
        .isEqualTo(
            "committed on the coordinator before the point, prepared after it on content 0:"
                + " 1764-1, content 1: 1764-1");
  }

  /** A build that prints a commit's number alone is joined with the whole gid of a PREPARE. */
  @ParameterizedTest
  @CsvSource({
    "12, 1764-0000000012, TORN",
    "1764-0000000012, 1765-12, TORN",
    "12, 1764-0000000013, ATOMIC",
    "120, 1764-12, ATOMIC"
  })
  void transactions_are_joined_by_their_number(String commit, String prepare, Cut.Kind kind) {
    Cut cut =
        judge(committed(commit, BEFORE), prepared(prepare, SEGMENT), DistributedTransactions.NONE);
    assertThat(cut.kind()).isEqualTo(kind);
  }

  @Test
  void names_no_more_than_twenty_over_all_contents() {
    List<Global> many =
        IntStream.rangeClosed(11, 35)
            .mapToObj(n -> new Global("1764-" + n, new Lsn(SEGMENT)))
            .toList();
    List<Global> commits =
        many.stream().map(one -> new Global(one.gid(), new Lsn(BEFORE))).toList();
    String why =
        judge(
                new DistributedTransactions(commits, List.of()),
                new DistributedTransactions(List.of(), many.subList(0, 15)),
                new DistributedTransactions(List.of(), many))
            .why();
    assertThat(Pattern.compile("1764-").matcher(why).results().count()).isEqualTo(20);
    assertThat(why).contains("content 1: 1764-11, ").endsWith("1764-15, and 20 more");
  }

  @Test
  void one_prepared_after_the_point_and_not_committed_before_it_is_wholly_absent() {
    assertThat(
            judge(
                    committed("1764-1", BEFORE),
                    prepared("1764-2", SEGMENT),
                    DistributedTransactions.NONE)
                .kind())
        .isEqualTo(Cut.Kind.ATOMIC);
  }

  @Test
  void a_prepare_on_the_coordinator_and_a_commit_on_a_segment_are_none_of_the_rule() {
    assertThat(
            judge(
                    prepared("1764-1", COORDINATOR),
                    committed("1764-1", SEGMENT),
                    prepared("1764-1", SEGMENT))
                .kind())
        .isEqualTo(Cut.Kind.ATOMIC);
  }

  @Test
  void is_not_proved_where_one_content_was_not_decoded() {
    TransactionsArchived none = TransactionsArchived.read(DistributedTransactions.NONE);
    for (Cut cut :
        List.of(
            judge(List.of(none, none)),
            judge(List.of(none, TransactionsArchived.unreadable("garbage"), none)),
            judge(List.of(TransactionsArchived.late("000000010000000000000003"), none, none)))) {
      assertThat(cut.kind()).isEqualTo(Cut.Kind.UNPROVED);
      assertThat(cut.why()).isNotEmpty();
    }
  }

  @Test
  void what_was_decoded_proves_it_torn_though_another_content_was_not() {
    Cut cut =
        judge(
            List.of(
                TransactionsArchived.read(committed("1764-1", BEFORE)),
                TransactionsArchived.read(prepared("1764-1", SEGMENT)),
                TransactionsArchived.unreadable("garbage")));
    assertThat(cut.kind()).isEqualTo(Cut.Kind.TORN);
  }

  @Test
  void the_range_leads_from_the_oldest_point_and_begins_on_the_coordinator_before_all() {
    Lsn oldest = new Lsn(SEGMENT - 0x100);
    assertThat(TornPointCheck.range(contents.get(0), oldest))
        .containsExactly(new WantedTransactions(new Lsn(BEFORE), new Lsn(COORDINATOR)));
    assertThat(TornPointCheck.range(contents.get(1), oldest))
        .containsExactly(new WantedTransactions(oldest, new Lsn(AFTER)));
    ContentEvidence other = ObservedInstances.evidence(Harbour.cluster(1), 0);
    assertThat(TornPointCheck.range(other, oldest)).isEmpty();
  }

  @Test
  void a_file_of_the_range_that_has_not_come_is_waited_for() {
    TransactionsArchived none = TransactionsArchived.read(DistributedTransactions.NONE);
    assertThat(TornPointCheck.late(contents, seen(List.of(none, none, none)))).isEmpty();
    assertThat(
            TornPointCheck.late(
                contents, seen(List.of(none, none, TransactionsArchived.late("0000")))))
        .hasValue("content 1: 0000 is missing");
    assertThat(contents.get(2).target().content()).isEqualTo(new ContentId(1));
  }
}
