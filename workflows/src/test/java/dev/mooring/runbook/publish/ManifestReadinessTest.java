package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Sightings;
import dev.mooring.port.ArchiveActivities.DecodedPoint;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestReadinessTest {
  private static final DecodedPoint RECORD =
      new DecodedPoint(Sightings.POINT, Sightings.RECORD, Sightings.AT);

  private final ContentEvidence content = Sightings.evidence(Harbour.cluster(1), 0);
  private final PointArchived archived =
      new PointArchived(
          content.owner().instance(), List.of(Sightings.archived()), List.of(RECORD), List.of());

  @Test
  void is_ready_when_the_archived_bytes_hold_the_record_where_the_server_said() {
    assertThat(Verdicts.proceeds(judge(archived))).isEqualTo(Sightings.proof(0));
  }

  @Test
  void waits_while_files_are_missing_and_names_each() {
    List<MissingWal> gaps =
        List.of(
            new MissingWal("000000010000000000000002", "missing"),
            new MissingWal("000000010000000000000003", "12 bytes instead of 16777216"));
    Verdicts.waits(
        judge(Altered.of(archived, "missing", gaps)),
        "content 0: 000000010000000000000002 is missing, 000000010000000000000003 is 12 bytes"
            + " instead of 16777216 in the archive");
  }

  @Test
  void waits_while_the_points_own_file_is_not_there() {
    Verdicts.waits(
        judge(Altered.of(archived, "files", List.of())),
        "content 0: 000000010000000000000003 is missing");
  }

  @Test
  void is_never_ready_when_the_bytes_hold_no_such_record() {
    Verdicts.never(
        judge(Altered.of(archived, "records", List.of())),
        FailureCode.ARCHIVE_NOT_PROVED,
        "content 0: the archived bytes of 000000010000000000000003 hold no restore point "
            + Sightings.POINT);
  }

  @Test
  void is_never_ready_when_the_bytes_hold_the_name_twice() {
    Verdicts.never(
        judge(Altered.of(archived, "records", List.of(RECORD, RECORD))),
        FailureCode.ARCHIVE_NOT_PROVED,
        "content 0: the archived bytes hold restore point " + Sightings.POINT + " 2 times");
  }

  @Test
  void is_never_ready_when_the_record_ends_elsewhere() {
    Verdicts.never(
        judge(Altered.of(archived, "records.0.end", "0/30000B0")),
        FailureCode.ARCHIVE_NOT_PROVED,
        "content 0: the archived record of "
            + Sightings.POINT
            + " ends at 0/30000B0, the server said 0/30000A0");
  }

  private Verdict<ContentProof> judge(PointArchived seen) {
    return ManifestReadiness.judge(Sightings.POINT, content, seen);
  }
}
