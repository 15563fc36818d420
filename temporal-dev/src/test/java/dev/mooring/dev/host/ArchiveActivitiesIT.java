package dev.mooring.dev.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.host.Fleet.Run;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.ArchiveActivities.AwaitArchived;
import dev.mooring.port.ArchiveActivities.ChainObserved;
import dev.mooring.port.ArchiveActivities.ChainsObserved;
import dev.mooring.port.ArchiveActivities.DecodedPoint;
import dev.mooring.port.ArchiveActivities.LatestCheckpoint;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.ObserveChain;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.ReplayStart;
import dev.mooring.port.ArchiveActivities.WantedChain;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.Backup;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.InstanceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real archives, read over real SSH. */
@Tag("all")
class ArchiveActivitiesIT {
  private static Lab lab;
  private static Fleet fleet;

  @BeforeAll
  static void up() {
    lab = Lab.up(LabPlan.fleet(2).named("archive").withInstancesPerHost(2).withWalFileMegabytes(1));
    fleet = new Fleet(lab);
    lab.snapshot();
  }

  @AfterEach
  void backToTheFirstState() {
    lab.restore();
  }

  @AfterAll
  static void down() {
    fleet.close();
    lab.close();
  }

  @Test
  void decodes_the_point_from_the_very_bytes_it_gives_the_digest_of() throws Exception {
    List<InstanceTarget> targets = fleet.publish("decoded");
    PointsArchived seen = archived(targets, Fleet.LIMIT);
    assertThat(seen.failures()).isEmpty();
    for (int content = 0; content < 2; content++) {
      InstanceTarget target = targets.get(content);
      PointArchived point = seen.points().get(content);
      assertThat(point.missing()).isEmpty();
      assertThat(point.records())
          .singleElement()
          .matches(record -> record.end().equals(target.target().lsn()))
          .matches(record -> record.name().equals(target.point()));
      Path file = lab.archive(content).resolve(target.target().walFile().text());
      assertThat(point.files().get(point.files().size() - 1).sha256()).isEqualTo(sha256(file));
    }
    assertThat(archived(targets, Fleet.LIMIT)).isEqualTo(seen);
  }

  @Test
  void decodes_a_point_right_behind_a_files_beginning() throws Exception {
    fleet.publish("ends_the_file");
    List<InstanceTarget> targets = fleet.publish("begins_the_next");
    for (PointArchived point : archived(targets, Fleet.LIMIT).points()) {
      assertThat(point.records()).extracting(DecodedPoint::name).hasSize(1);
      assertThat(point.missing()).isEmpty();
    }
  }

  @Test
  void waits_no_longer_than_it_is_told_and_says_what_is_missing() throws Exception {
    lab.faults().archiveOff(1);
    List<InstanceTarget> targets = fleet.publish("stalled");
    Path comes = lab.archive(0).resolve(targets.get(0).target().walFile().text());
    Fleet.until(() -> Files.exists(comes));
    PointsArchived seen = archived(targets, Duration.ofSeconds(2));
    assertThat(seen.points().get(0).records()).hasSize(1);
    assertThat(seen.points().get(1).records()).isEmpty();
    assertThat(seen.points().get(1).missing())
        .contains(MissingWal.absent(targets.get(1).target().walFile().text()));
    lab.faults().archiveOn(1);
    assertThat(archived(targets, Fleet.LIMIT).points().get(1).records()).hasSize(1);
  }

  @Test
  void names_a_gap_since_the_last_point() throws Exception {
    List<InstanceTarget> first = fleet.publish("first");
    List<InstanceTarget> second = fleet.publish("second");
    archived(second, Fleet.LIMIT);
    WalFileName since = first.get(0).target().walFile();
    lab.faults().hideWal(0, since.text());
    PointsArchived seen = archived(second, since, Duration.ofSeconds(2));
    assertThat(seen.points().get(0).missing()).containsExactly(MissingWal.absent(since.text()));
  }

  @Test
  void finds_no_record_in_a_file_of_the_right_name_and_size() throws Exception {
    List<InstanceTarget> targets = fleet.publish("lost");
    archived(targets, Fleet.LIMIT);
    long size = targets.get(0).target().walSegmentSize().bytes();
    long at = targets.get(0).target().lsn().value() % size - 60;
    lab.faults().flipByte(0, targets.get(0).target().walFile().text(), at);
    PointArchived seen = archived(targets, Duration.ofSeconds(2)).points().get(0);
    assertThat(seen.records()).isEmpty();
    assertThat(seen.files()).isNotEmpty();
  }

  /** A large record is altered behind the beginning of the file that it goes on in. */
  @Test
  void decodes_a_file_read_to_its_end_with_the_record_that_begins_in_the_one_before()
      throws Exception {
    InstanceTarget before = fleet.publish("before").get(0);
    fleet.ask(
        lab.instance("east-0"),
        "select pg_logical_emit_message(false, '', repeat('x', 700000)),"
            + " pg_logical_emit_message(false, '', repeat('y', 700000))");
    archived(fleet.publish("behind"), Fleet.LIMIT);
    WalSegmentSize size = before.target().walSegmentSize();
    WalFileName afterSwitch = before.target().walFile().next(size);
    WalFileName file = afterSwitch.next(size);
    assertThat(undecodable(before, afterSwitch)).isEmpty();
    assertThat(undecodable(before, file)).isEmpty();
    lab.faults().flipByte(0, file.text(), 100);
    assertThat(undecodable(before, file)).contains("checksum");
  }

  private static String undecodable(InstanceTarget of, WalFileName file) {
    InstanceTarget whole =
        new InstanceTarget(of.instance(), of.point(), of.target().endingWith(file), of.archive());
    return archived(List.of(whole), Fleet.LIMIT).points().get(0).undecodable();
  }

  @Test
  void proves_the_chain_of_a_fresh_base_backup_and_names_its_gaps() throws Exception {
    List<InstanceTarget> targets = fleet.publish("chained");
    PointsArchived published = archived(targets, Fleet.LIMIT);
    List<ChainObserved> whole = chains(targets, published).chains();
    assertThat(whole).hasSize(2).allMatch(chain -> chain.missing().isEmpty());
    assertThat(whole).allMatch(chain -> chain.files() >= 2 && chain.bytesToReplay() > 0);
    String first = whole.get(0).first().text();
    lab.faults().truncateWal(0, first, 8192);
    lab.faults().flipByte(1, targets.get(1).target().walFile().text(), 100_000);
    List<ChainObserved> broken = chains(targets, published).chains();
    assertThat(broken.get(0).missing())
        .containsExactly(new MissingWal(first, "8192 bytes instead of 1048576"));
    assertThat(broken.get(1).missing())
        .singleElement()
        .matches(m -> m.reason().startsWith("other bytes than were published"));
  }

  private static PointsArchived archived(List<InstanceTarget> targets, Duration atMost) {
    return archived(targets, targets.get(0).target().walFile(), atMost);
  }

  private static PointsArchived archived(
      List<InstanceTarget> targets, WalFileName since, Duration atMost) {
    List<WantedPoint> points =
        targets.stream()
            .map(
                t ->
                    new WantedPoint(
                        new InstanceId("east-" + t.target().content()),
                        t.point(),
                        t.target(),
                        t.archive(),
                        since,
                        List.of()))
            .toList();
    return fleet
        .archives()
        .awaitArchived(
            new AwaitArchived(fleet.call(Run.next(), 4), fleet.work("east"), points, atMost));
  }

  private static ChainsObserved chains(List<InstanceTarget> targets, PointsArchived published) {
    List<InstanceObserved> west = fleet.observe("west").observed();
    List<WantedChain> chains =
        targets.stream()
            .map(
                t -> {
                  int content = t.target().content().value();
                  return new WantedChain(
                      t.instance(),
                      new ReplayStart(
                          start(west.get(content)),
                          t.target().timeline(),
                          new MinimumRecoveryEnd.None(),
                          checkpoint(west.get(content))),
                      t.target(),
                      t.archive(),
                      published.points().get(content).files());
                })
            .toList();
    return fleet
        .archives()
        .observeChain(new ObserveChain(fleet.call(Run.next(), 2), fleet.work("west"), chains));
  }

  private static LatestCheckpoint checkpoint(InstanceObserved instance) {
    ControlData.Checkpoint latest = instance.control().checkpoint();
    return new LatestCheckpoint(latest.location(), latest.time());
  }

  private static Lsn start(InstanceObserved instance) {
    return ((Backup.Fresh) instance.recovery().backup()).start();
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
