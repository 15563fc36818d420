package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.ArchiveActivities.DecodedPoint;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.topology.PublishPolicy.ArchiveProof;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestReadinessTest {
  private static final DecodedPoint RECORD =
      new DecodedPoint(ObservedInstances.POINT, ObservedInstances.RECORD, ObservedInstances.AT);

  private final ContentEvidence content = ObservedInstances.evidence(Harbour.cluster(1), 0);
  private final PointArchived archived =
      new PointArchived(
          content.owner().instance(),
          List.of(ObservedInstances.archived()),
          List.of(RECORD),
          List.of());

  @Test
  void is_ready_when_the_archived_bytes_hold_the_record_where_the_server_said() {
    assertThat(Verdicts.proceeds(judge(archived)))
        .isEqualTo(new Manifested.Read(ObservedInstances.proof(0)));
  }

  @Test
  void waits_while_files_are_missing_and_names_each() {
    List<MissingWal> gaps =
        List.of(
            MissingWal.absent("000000010000000000000002"),
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
            + ObservedInstances.POINT);
  }

  @Test
  void is_never_ready_when_the_bytes_hold_the_name_twice() {
    Verdicts.never(
        judge(Altered.of(archived, "records", List.of(RECORD, RECORD))),
        FailureCode.ARCHIVE_NOT_PROVED,
        "content 0: the archived bytes hold restore point " + ObservedInstances.POINT + " 2 times");
  }

  @Test
  void is_never_ready_when_the_record_ends_elsewhere() {
    Verdicts.never(
        judge(Altered.of(archived, "records.0.end", "0/30000B0")),
        FailureCode.ARCHIVE_NOT_PROVED,
        "content 0: the archived record of "
            + ObservedInstances.POINT
            + " ends at 0/30000B0, the server said 0/30000A0");
  }

  private static final String UNREAD = "the restore command did not fetch it, exit status 1";

  @Test
  void waits_for_bytes_that_can_not_be_had_unless_presence_is_enough() {
    PointArchived present = Altered.of(unread(), "notRead", UNREAD);
    Verdicts.waits(
        judge(present),
        "content 0: 000000010000000000000003 is in the archive, and its bytes can't be had: "
            + UNREAD);
    assertThat(Verdicts.proceeds(judge(ArchiveProof.PRESENCE, present)))
        .isEqualTo(
            new Manifested.Present(
                new ContentPresence(
                    content.target().content(), content.target().recordFiles(), UNREAD)));
  }

  @Test
  void takes_presence_for_nothing_where_files_are_missing_or_bytes_are_wrong() {
    PointArchived gap =
        Altered.of(
            Altered.of(unread(), "notRead", UNREAD),
            "missing",
            List.of(MissingWal.absent("000000010000000000000002")));
    Verdicts.waits(
        judge(ArchiveProof.PRESENCE, gap),
        "content 0: 000000010000000000000002 is missing in the archive");
    Verdicts.never(
        judge(ArchiveProof.PRESENCE, Altered.of(archived, "records", List.of())),
        FailureCode.ARCHIVE_NOT_PROVED,
        "content 0: the archived bytes of 000000010000000000000003 hold no restore point "
            + ObservedInstances.POINT);
  }

  private PointArchived unread() {
    return new PointArchived(
        archived.owner(), List.of(), List.of(), List.of(), "unread", List.of());
  }

  private Verdict<Manifested> judge(PointArchived seen) {
    return judge(ArchiveProof.BYTES, seen);
  }

  private Verdict<Manifested> judge(ArchiveProof policy, PointArchived seen) {
    return ManifestReadiness.judge(ObservedInstances.POINT, content, policy, seen);
  }
}
