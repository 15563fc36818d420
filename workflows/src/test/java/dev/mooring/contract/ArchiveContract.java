package dev.mooring.contract;

import static dev.mooring.contract.Refusals.onlyFailed;
import static dev.mooring.contract.Steps.copy;
import static dev.mooring.contract.Steps.pointOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.AwaitScanned;
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
import dev.mooring.port.ArchiveActivities.WantedScan;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said of an archive: what is there, what is not, nothing believed by its name. */
public abstract class ArchiveContract {
  /** The world all tests of a class share. */
  protected abstract ContractWorld world();

  /** In a file that no archive has. */
  private static final LatestCheckpoint BEFORE_ALL =
      new LatestCheckpoint(new Lsn(0x28), Instant.EPOCH);

  private Steps steps() {
    return new Steps(world());
  }

  @AfterEach
  void mend() {
    world().hands().mend();
  }

  @Test
  void a_point_is_decoded_from_the_archived_files_and_said_again_alike() {
    List<InstanceTarget> targets = steps().publish();
    PointsArchived seen = steps().archived(targets);
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.points()).hasSize(2);
    for (InstanceTarget target : targets) {
      PointArchived point = pointOf(target.target().content().value(), seen);
      assertThat(point.missing()).isEmpty();
      assertThat(point.files())
          .extracting(ArchivedWal::file)
          .isEqualTo(target.target().recordFiles());
      assertThat(point.files())
          .allMatch(file -> file.bytes() == target.target().walSegmentSize().bytes())
          .allMatch(file -> file.sha256().matches("[0-9a-f]{64}"));
      assertThat(point.records()).hasSize(1);
      DecodedPoint record = point.records().get(0);
      assertThat(record.name()).isEqualTo(target.point());
      assertThat(record.end()).isEqualTo(target.target().lsn());
      assertThat(record.start()).isLessThan(record.end());
    }
    assertThat(steps().archived(targets)).isEqualTo(seen);
  }

  @Test
  @Tag("all")
  void a_file_that_copies_need_and_the_archive_has_no_more_is_told() {
    List<InstanceTarget> targets = steps().publish();
    WalFileName there = targets.get(0).target().walFile();
    WalFileName gone = new WalFileName("0000000100000FFF00000001");

    PointsArchived seen = steps().archived(targets, targets, Steps.A_LOOK, List.of(gone, there));

    assertThat(pointOf(0, seen).gone()).containsExactly(gone);
    assertThat(pointOf(0, seen).missing()).isEmpty();
    assertThat(pointOf(0, steps().archived(targets)).gone()).isEmpty();
  }

  @Test
  @Tag("all")
  void a_gap_since_the_last_point_is_named_by_its_file() {
    List<InstanceTarget> last = steps().publish();
    List<InstanceTarget> targets = steps().publish();
    WalFileName gap = Steps.of(0, last).target().walFile();
    world().hands().hideWal(0, gap);
    PointsArchived seen = steps().archived(targets, last, Steps.A_LOOK);
    assertThat(pointOf(0, seen).missing()).containsExactly(MissingWal.absent(gap.text()));
    assertThat(pointOf(1, seen).missing()).isEmpty();
    world().hands().showWal(0, gap);
    assertThat(pointOf(0, steps().archived(targets, last, Steps.A_LOOK)).missing()).isEmpty();
  }

  @Test
  @Tag("all")
  void what_does_not_arrive_is_waited_for_no_longer_than_told() {
    world().hands().archiverWorks(1, false);
    List<InstanceTarget> targets = steps().makeTargets();
    PointsArchived[] last = new PointsArchived[1];
    Steps.until(
        () -> {
          last[0] = steps().archived(targets, targets, Steps.A_LOOK);
          return pointOf(0, last[0]).records().size() == 1;
        });
    PointsArchived seen = last[0];
    assertThat(pointOf(1, seen).records()).isEmpty();
    assertThat(pointOf(1, seen).files()).isEmpty();
    assertThat(pointOf(1, seen).missing())
        .containsExactly(MissingWal.absent(Steps.of(1, targets).target().walFile().text()));
    world().hands().archiverWorks(1, true);
    assertThat(pointOf(1, steps().archived(targets)).records()).hasSize(1);
  }

  @Test
  @Tag("all")
  void a_file_that_is_cut_off_proves_nothing_in_either_call() {
    List<InstanceTarget> targets = steps().publish();
    List<ArchivedWal> expected = pointOf(0, steps().archived(targets)).files();
    ContentTarget target = Steps.of(0, targets).target();
    world().hands().truncateWal(0, target.walFile());
    String reason = "12 bytes instead of " + target.walSegmentSize().bytes();
    PointArchived point = pointOf(0, steps().archived(targets, targets, Steps.A_LOOK));
    assertThat(point.records()).isEmpty();
    assertThat(point.missing()).containsExactly(new MissingWal(target.walFile().text(), reason));
    ChainObserved chain =
        chains(new Wanted(Steps.of(0, targets), target.walFile(), expected)).chains().get(0);
    assertThat(chain.missing()).contains(new MissingWal(target.walFile().text(), reason));
  }

  /** A chain from the beginning of a file of the target's timeline to a target. */
  private record Wanted(InstanceTarget target, WalFileName from, List<ArchivedWal> expected) {
    WantedChain chain() {
      ContentTarget to = target.target();
      return new WantedChain(
          target.instance(),
          new ReplayStart(
              from.startLsn(to.walSegmentSize()).plus(0x28),
              from.timeline(),
              new MinimumRecoveryEnd.None(),
              BEFORE_ALL),
          to,
          target.archive(),
          expected);
    }
  }

  private ChainsObserved chains(Wanted... wanted) {
    return chains(Stream.of(wanted).map(Wanted::chain).toList());
  }

  private ChainsObserved chains(List<WantedChain> chains) {
    return world()
        .archives()
        .observeChain(new ObserveChain(steps().looking(), steps().west(), chains));
  }

  @Test
  void a_chain_is_proved_from_where_replay_begins_to_the_target() {
    List<InstanceTarget> begins = steps().publish();
    List<InstanceTarget> targets = steps().publish();
    PointsArchived published = steps().archived(targets);
    for (int content = 0; content < 2; content++) {
      ContentTarget target = Steps.of(content, targets).target();
      WalFileName from = Steps.of(content, begins).target().walFile();
      WantedChain wanted =
          new Wanted(Steps.of(content, targets), from, pointOf(content, published).files()).chain();
      ChainsObserved seen = chains(List.of(wanted));
      assertThat(seen.failures()).isEmpty();
      ChainObserved chain = seen.chains().get(0);
      assertThat(chain.instance()).isEqualTo(copy(content));
      assertThat(chain.missing()).isEmpty();
      assertThat(chain.first()).isEqualTo(from);
      assertThat(chain.last()).isEqualTo(target.walFile());
      assertThat(chain.files())
          .isEqualTo(
              target.walFile().segmentNumber(target.walSegmentSize())
                  - from.segmentNumber(target.walSegmentSize())
                  + 1);
      assertThat(chain.bytesToReplay()).isEqualTo(target.lsn().bytesSince(wanted.from().lsn()));
      assertThat(chains(List.of(wanted))).isEqualTo(seen);
    }
  }

  @Test
  void a_missing_file_of_a_chain_is_named_and_the_other_chain_is_whole() {
    List<InstanceTarget> begins = steps().publish();
    List<InstanceTarget> targets = steps().publish();
    WalFileName gap = Steps.of(0, begins).target().walFile();
    world().hands().hideWal(0, gap);
    ChainsObserved seen =
        chains(
            new Wanted(Steps.of(0, targets), gap, List.of()),
            new Wanted(Steps.of(1, targets), Steps.of(1, begins).target().walFile(), List.of()));
    assertThat(seen.chains().get(0).missing()).containsExactly(MissingWal.absent(gap.text()));
    assertThat(seen.chains().get(1).missing()).isEmpty();
  }

  @Test
  @Tag("all")
  void other_bytes_than_were_published_break_a_chain() {
    List<InstanceTarget> targets = steps().publish();
    ArchivedWal there = pointOf(0, steps().archived(targets)).files().get(0);
    ArchivedWal published = new ArchivedWal(there.file(), there.bytes(), "0".repeat(64));
    ChainObserved chain =
        chains(new Wanted(Steps.of(0, targets), there.file(), List.of(published))).chains().get(0);
    assertThat(chain.missing()).hasSize(1);
    assertThat(chain.missing().get(0).file()).isEqualTo(there.file().text());
    assertThat(chain.missing().get(0).reason())
        .startsWith("other bytes than were published: SHA-256 " + there.sha256());
  }

  @Test
  @Tag("all")
  void an_instance_beyond_the_target_has_no_chain_to_it() {
    List<InstanceTarget> targets = steps().publish();
    List<InstanceTarget> later = steps().publish();
    WalFileName beyond = Steps.of(0, later).target().walFile();
    ChainsObserved seen =
        chains(
            new Wanted(Steps.of(0, targets), beyond, List.of()),
            new Wanted(Steps.of(1, targets), Steps.of(1, targets).target().walFile(), List.of()));
    onlyFailed(seen.failures(), copy(0), FailureCode.BEYOND_TARGET);
    assertThat(seen.chains()).extracting(ChainObserved::instance).containsExactly(copy(1));
  }

  @Test
  @Tag("all")
  void an_instance_that_left_the_targets_timeline_has_no_chain_to_it() {
    InstanceTarget target = Steps.of(0, steps().publish());
    WantedChain elsewhere =
        new WantedChain(
            target.instance(),
            new ReplayStart(
                new Lsn(target.target().lsn().value() - 0x60),
                new TimelineId(7),
                new MinimumRecoveryEnd.None(),
                BEFORE_ALL),
            target.target(),
            target.archive(),
            List.of());
    ChainsObserved seen = chains(List.of(elsewhere));
    onlyFailed(seen.failures(), copy(0), FailureCode.PROMOTED);
    assertThat(seen.chains()).isEmpty();
  }

  /** It wrote as much as production did since, and on the same timeline. */
  @Test
  @Tag("all")
  void a_copy_whose_latest_checkpoint_production_did_not_make_has_no_chain() {
    InstanceTarget target = Steps.of(0, steps().publish());
    ControlData.Checkpoint made = steps().lookAt(0).control().checkpoint();
    assertThat(chains(List.of(from(made, target, made.time()))).failures()).isEmpty();
    ChainsObserved opened = chains(List.of(from(made, target, made.time().plusSeconds(1))));
    onlyFailed(opened.failures(), copy(0), FailureCode.PROMOTED);
    assertThat(opened.failures().get(0).message()).contains(made.location().toString());
    assertThat(opened.chains()).isEmpty();
  }

  private static WantedChain from(
      ControlData.Checkpoint made, InstanceTarget target, Instant time) {
    return new WantedChain(
        target.instance(),
        new ReplayStart(
            made.redo().location(),
            made.timeline(),
            new MinimumRecoveryEnd.None(),
            new LatestCheckpoint(made.location(), time)),
        target.target(),
        target.archive(),
        List.of());
  }

  private PointsArchived scans(WantedScan... scans) {
    return world()
        .archives()
        .awaitScanned(
            new AwaitScanned(steps().looking(), steps().west(), List.of(scans), Limit.seconds(30)));
  }

  private static WantedScan scan(InstanceTarget target, WalFileName from) {
    return new WantedScan(target.point(), new Wanted(target, from, List.of()).chain());
  }

  @Test
  @Tag("all")
  void a_way_is_scanned_for_a_name_from_its_start_to_the_target() {
    List<InstanceTarget> begins = steps().publish();
    List<InstanceTarget> targets = steps().publish();
    PointsArchived published = steps().archived(targets);
    WantedScan[] scans =
        Stream.of(0, 1)
            .map(
                content ->
                    scan(Steps.of(content, targets), Steps.of(content, begins).target().walFile()))
            .toArray(WantedScan[]::new);
    PointsArchived seen = scans(scans);
    assertThat(seen.failures()).isEmpty();
    for (int content = 0; content < 2; content++) {
      PointArchived point = seen.points().get(content);
      assertThat(point.owner()).isEqualTo(copy(content));
      assertThat(point.files()).isEqualTo(pointOf(content, published).files());
      assertThat(point.records()).isEqualTo(pointOf(content, published).records());
      assertThat(point.missing()).isEmpty();
    }
    WantedScan other = new WantedScan(Steps.of(0, begins).point(), scans[0].way());
    assertThat(scans(other).points().get(0).records())
        .extracting(DecodedPoint::end)
        .containsExactly(Steps.of(0, begins).target().lsn());
  }

  @Test
  @Tag("all")
  void a_way_with_a_gap_is_not_scanned_and_one_from_beyond_there_is_none() {
    List<InstanceTarget> begins = steps().publish();
    List<InstanceTarget> targets = steps().publish();
    WalFileName gap = Steps.of(0, begins).target().walFile();
    WalFileName beyond = Steps.of(1, targets).target().walFile();
    world().hands().hideWal(0, gap);
    PointsArchived seen = scans(scan(Steps.of(0, targets), gap), scan(Steps.of(1, begins), beyond));
    assertThat(seen.points()).extracting(PointArchived::owner).containsExactly(copy(0));
    assertThat(seen.points().get(0).missing()).containsExactly(MissingWal.absent(gap.text()));
    assertThat(seen.points().get(0).records()).isEmpty();
    onlyFailed(seen.failures(), copy(1), FailureCode.BEYOND_TARGET);
  }

  @Test
  @Tag("all")
  void a_history_file_that_is_not_there_breaks_the_chain() {
    InstanceTarget target = Steps.of(0, steps().publish());
    WalFileName from = target.target().walFile();
    ChainObserved chain =
        chains(new Wanted(onSecondTimeline(target), from, List.of())).chains().get(0);
    assertThat(chain.missing()).contains(MissingWal.absent("00000002.history"));
  }

  private static InstanceTarget onSecondTimeline(InstanceTarget target) {
    ContentTarget here = target.target();
    TimelineId second = new TimelineId(2);
    ContentTarget there =
        new ContentTarget(
            here.content(),
            here.systemIdentifier(),
            second,
            here.lsn(),
            WalFileName.containingByteBefore(second, here.lsn(), here.walSegmentSize()),
            here.walSegmentSize());
    return new InstanceTarget(target.instance(), target.point(), there, target.archive());
  }

  /** It died with WAL that its successor never had; the server itself says so only when started. */
  @Test
  @Tag("all")
  void an_instance_that_holds_wal_of_behind_the_fork_has_no_chain_to_the_next_timeline() {
    InstanceTarget target = Steps.of(0, steps().publish());
    Lsn fork = new Lsn(target.target().lsn().value() - 0x40);
    world().hands().fork(0, fork);
    assertThat(chains(List.of(fromFirst(target, fork))).failures()).isEmpty();
    ChainsObserved beyond = chains(List.of(fromFirst(target, fork.plus(8))));
    onlyFailed(beyond.failures(), copy(0), FailureCode.PROMOTED);
    assertThat(beyond.chains()).isEmpty();
  }

  /** From before the fork to a target behind it. */
  private static WantedChain fromFirst(InstanceTarget target, Lsn floor) {
    ContentTarget to = target.target();
    Lsn begin = to.walFile().startLsn(to.walSegmentSize()).plus(0x28);
    return new WantedChain(
        target.instance(),
        new ReplayStart(
            begin,
            TimelineId.FIRST,
            new MinimumRecoveryEnd.At(floor, TimelineId.FIRST),
            BEFORE_ALL),
        onSecondTimeline(target).target(),
        target.archive(),
        List.of());
  }
}
