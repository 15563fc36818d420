package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Manifest;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.ArchiveActivities.DecodedPoint;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.PublishPolicy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArchiveWaitTest {
  private final Cluster cluster = Harbour.cluster(2);
  private final List<ContentEvidence> contents = ObservedInstances.manifest(cluster).contents();

  @Test
  void looks_for_gaps_from_the_last_ready_points_file_on() {
    Manifest last =
        Altered.of(
            ObservedInstances.manifest(cluster),
            "contents.1.target.walFile",
            "000000010000000000000001");
    List<WantedPoint> wanted =
        ArchiveWait.wanted(
            cluster.site(Harbour.EAST).orElseThrow(),
            ObservedInstances.POINT,
            contents,
            Optional.of(last),
            List.of());
    assertThat(wanted.get(0).since()).isEqualTo(ObservedInstances.FILE);
    assertThat(wanted.get(1).since()).isEqualTo(new WalFileName("000000010000000000000001"));
  }

  @Test
  void looks_at_the_points_own_file_when_there_was_no_ready_point_before() {
    List<WantedPoint> wanted =
        ArchiveWait.wanted(
            cluster.site(Harbour.EAST).orElseThrow(),
            ObservedInstances.POINT,
            contents,
            Optional.empty(),
            List.of());
    assertThat(wanted).extracting(WantedPoint::since).containsOnly(ObservedInstances.FILE);
    assertThat(wanted)
        .extracting(w -> w.archive().directoryOf(w.target().content()))
        .containsExactly("/archive/0", "/archive/1");
  }

  @Test
  void goes_on_with_the_proof_of_every_content() {
    List<Manifested> shown =
        Verdicts.proceeds(judge(List.of(archived("east-0"), archived("east-1")), List.of()));
    assertThat(shown)
        .containsExactly(
            new Manifested.Read(ObservedInstances.proof(0)),
            new Manifested.Read(ObservedInstances.proof(1)));
  }

  @Test
  void waits_for_each_content_that_is_not_there_yet() {
    Verdicts.waits(
        judge(
            List.of(
                Altered.of(archived("east-0"), "files", List.of()),
                Altered.of(archived("east-1"), "files", List.of())),
            List.of()),
        "content 0: 000000010000000000000003 is missing; content 1: 000000010000000000000003 is"
            + " missing");
  }

  @Test
  void waits_when_the_archive_of_one_content_could_not_be_looked_at() {
    InstanceFailure failure =
        new InstanceFailure(
            contents.get(1).owner().instance(), FailureCode.HOST_SILENT, "no answer in 10 s");
    Verdicts.waits(
        judge(List.of(archived("east-0")), List.of(failure)), "content 1: no answer in 10 s");
  }

  @Test
  void gives_up_at_once_when_one_content_can_never_be_proved() {
    Verdicts.never(
        judge(
            List.of(
                Altered.of(archived("east-0"), "files", List.of()),
                Altered.of(archived("east-1"), "records", List.of())),
            List.of()),
        FailureCode.ARCHIVE_NOT_PROVED,
        "content 1: the archived bytes of 000000010000000000000003 hold no restore point "
            + ObservedInstances.POINT);
  }

  @Test
  void a_content_nobody_looked_at_is_a_bug() {
    Verdicts.never(
        judge(List.of(archived("east-0")), List.of()), FailureCode.BUG, "content 1 was not read");
  }

  @Test
  void says_what_the_archivers_failed_with_since_the_point() {
    Instance east = Harbour.instance(cluster, "east-0");
    ServerObserved before = Altered.of(ObservedInstances.server(east), "archiver.failedCount", 2);
    ServerObserved now = Altered.of(before, "archiver.failedCount", 5);
    now = Altered.of(now, "archiver.lastFailed", "000000010000000000000003");
    now = Altered.of(now, "archiver.lastFailedAt", "2026-11-20 08:00:09+00");
    assertThat(inWords(east, before, now))
        .isEqualTo(
            "the archiver of east-0 failed 3 times since the point, last with"
                + " 000000010000000000000003 at 2026-11-20 08:00:09+00");
    assertThat(inWords(east, before, before)).isEmpty();
  }

  /** An instance that a person opened on production's timeline writes files of the same names. */
  @Test
  void names_who_may_have_written_a_file_that_the_primary_did_not() {
    String file = "000000010000000000000003";
    String sentence =
        file
            + " in the archive of content 0 may have been written by an instance that was opened"
            + " (west-0): `mooring status harbour` shows what became of each";
    PointArchived whole = archived("east-0");
    assertThat(foreign(whole, List.of())).isEmpty();
    assertThat(foreign(Altered.of(whole, "records", List.of()), List.of()))
        .containsExactly(sentence);
    PointArchived damaged =
        new PointArchived(
            whole.owner(), whole.files(), List.of(), List.of(), "", List.of(), List.of(), "zeros");
    assertThat(foreign(damaged, List.of())).isEmpty();
    assertThat(foreign(whole, failing(file))).containsExactly(sentence);
    assertThat(foreign(whole, failing("000000010000000000000004"))).isEmpty();
    assertThat(foreign(whole, failing("000000010000000000000002"))).isEmpty();
    assertThat(foreign(whole, failing("00000001.history"))).isEmpty();
    List<MissingWal> missing = List.of(MissingWal.absent(file));
    assertThat(foreign(Altered.of(whole, "missing", missing), failing(file))).isEmpty();
  }

  private List<ServerObserved> failing(String file) {
    ServerObserved east = ObservedInstances.server(Harbour.instance(cluster, "east-0"));
    return List.of(Altered.of(east, "archiver.lastFailed", file));
  }

  private List<String> foreign(PointArchived point, List<ServerObserved> failing) {
    List<WantedPoint> wanted =
        ArchiveWait.wanted(
            cluster.site(Harbour.EAST).orElseThrow(),
            ObservedInstances.POINT,
            contents,
            Optional.empty(),
            List.of());
    return ArchiveWait.foreign(
        cluster,
        wanted,
        List.of(new PointsArchived(new HostName("e0"), List.of(point), List.of())),
        failing);
  }

  private static String inWords(Instance east, ServerObserved before, ServerObserved now) {
    return ArchiveWait.archiversInWords(
        List.of(new Primary(east, before)), new ServersObserved(List.of(now), List.of()));
  }

  private Verdict<List<Manifested>> judge(
      List<PointArchived> points, List<InstanceFailure> failures) {
    return ArchiveWait.judge(
        PublishPolicy.ArchiveProof.BYTES,
        ObservedInstances.POINT,
        contents,
        List.of(new PointsArchived(new HostName("e0"), points, failures)));
  }

  private PointArchived archived(String owner) {
    return new PointArchived(
        Harbour.instance(cluster, owner).id(),
        List.of(ObservedInstances.archived()),
        List.of(
            new DecodedPoint(
                ObservedInstances.POINT, ObservedInstances.RECORD, ObservedInstances.AT)),
        List.of());
  }
}
