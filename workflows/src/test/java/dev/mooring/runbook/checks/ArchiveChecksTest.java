package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Strait;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the archives hold stands against a move where it would be missed after it. */
class ArchiveChecksTest {
  private static final int EAST_0 = 0;
  private static final int WEST_0 = 2;

  private final Cluster cluster = Strait.cluster();
  private final ObservedMembers observed = PreflightTest.observed();

  private List<CheckRow> rows(ObservedMembers seen, String... overrides) {
    Move move = new Move(cluster, cluster.members().get(EAST_0), cluster.members().get(WEST_0));
    return Preflight.of(move, seen, List.of(overrides));
  }

  private static List<String> wrong(List<CheckRow> rows) {
    return CheckRows.against(rows);
  }

  private ObservedMembers altered(String path, Object part) {
    return observed.with(Altered.of(observed.around(), path, part));
  }

  @Test
  void how_many_files_were_looked_at_and_that_no_others_were_is_said() {
    assertThat(rows(altered("archives.0.files", 16)))
        .filteredOn(row -> row.is("archive-chain", "east-0"))
        .extracting(CheckRow::seen)
        .containsExactly(
            "the last 16 files that it archived are there; older ones were not checked");
  }

  @Test
  void what_is_not_in_the_archive_refuses_a_move_by_a_rule_of_its_own() {
    String lost = "00000001000000000000000A";
    ObservedMembers hole =
        altered("archives.0.missing", List.of(new MissingWal(lost, "12 bytes instead of 1048576")));
    assertThat(wrong(rows(hole)))
        .singleElement()
        .asString()
        .startsWith("east-0 archive-chain: " + lost + " 12 bytes instead of 1048576")
        .contains("(rule archive-chain); ");
    assertThat(wrong(rows(hole, "archive-chain"))).isEmpty();
    ObservedMembers ofTheTarget = altered("archives.1.missing", List.of(MissingWal.absent(lost)));
    assertThat(wrong(rows(ofTheTarget))).as("what it never archived").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, east-0", "1, west-0"})
  void a_timeline_that_production_never_had_refuses_a_move(int archive, String whose) {
    ObservedMembers foreign =
        altered("archives." + archive + ".later", List.of(new TimelineId(7), new TimelineId(9)));
    assertThat(wrong(rows(foreign)))
        .singleElement()
        .asString()
        .startsWith(
            whose
                + " foreign-history: 00000007.history, 00000009.history, must be no timeline after"
                + " its own in its archive (rule foreign-history); a drill or an opened copy");
    assertThat(wrong(rows(foreign, "foreign-history"))).isEmpty();
    assertThat(rows(foreign))
        .filteredOn(row -> row.rule().equals("foreign-history"))
        .as("a failback sets it aside until that member is healed")
        .hasSize(2)
        .filteredOn(
            row ->
                !ResilveredRows.isJudged(
                    row, cluster.members().get(WEST_0), List.of(new InstanceId(whose))))
        .singleElement()
        .matches(row -> row.is("foreign-history", whose) && row.verdict() == Judged.WRONG);
  }

  @Test
  void an_archive_that_can_not_be_read_refuses_a_move() {
    MemberSurroundings around = observed.around();
    ObservedMembers unread =
        observed.with(
            new MemberSurroundings(
                around.ready(),
                List.of(),
                around.surroundings(),
                List.of(),
                List.of(around.archives().get(0)),
                List.of(
                    new InstanceFailure(
                        cluster.members().get(WEST_0).id(),
                        FailureCode.STATE_UNREADABLE,
                        "the archive directory /archive/0 can't be read"))));
    assertThat(wrong(rows(unread)))
        .singleElement()
        .asString()
        .startsWith("west-0 wal-archive: the archive directory /archive/0 can't be read");
  }

  /** Whether one place is meant, or the same path on two hosts, is for a person to know. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/archive/{content} | set | ''        | WARNING | alike, /archive/0",
        "/archive/{content} | ''  | /lib/a.so | WARNING | alike, /archive/0",
        "/elsewhere         | ''  | ''        | WARNING | west-0: archive_command is empty and"
            + " archive_library is not set",
        "/elsewhere         | set-and-hides-failures | '' | WARNING | west-0: archive_command hides"
            + " its failures: it reports success also after a failure",
        "/elsewhere         | set | ''        | GOOD   | /archive/0 and /elsewhere",
      })
  void how_the_two_archive_is_told(
      String place, String command, String library, Judged judged, String seen) {
    ObservedMembers of =
        PreflightTest.setting(
            PreflightTest.setting(observed, WEST_0, "archive_command", command),
            WEST_0,
            "archive_library",
            library);
    Cluster apart = Altered.of(cluster, "sites.1.archive.directory", place);
    Move move = new Move(apart, apart.members().get(EAST_0), apart.members().get(WEST_0));
    assertThat(Preflight.of(move, of, List.of()))
        .filteredOn(row -> row.is("archives", ""))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.verdict()).isEqualTo(judged);
              assertThat(row.seen()).isEqualTo(seen);
            });
  }
}
