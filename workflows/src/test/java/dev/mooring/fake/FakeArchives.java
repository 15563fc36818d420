package dev.mooring.fake;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.DistributedTransactions;
import dev.mooring.postgres.DistributedTransactions.Global;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Archives read where hosts see them: every file looked at, no file believed by its name. Of one
 * that commands are asked about, the names alone, and the bytes of what its restore command
 * fetches; of those the one that begins with {@code false} fetches nothing.
 */
final class FakeArchives implements ArchiveActivities {
  private static final Duration ONE_LOOK = Duration.ofSeconds(4);

  private final FakeCluster world;

  FakeArchives(FakeCluster world) {
    this.world = world;
  }

  @Override
  public PointsArchived awaitArchived(AwaitArchived request) {
    PointsArchived seen = look(request);
    boolean whole = seen.points().stream().allMatch(FakeArchives::isWhole);
    if (!whole && !request.atMost().isNegative() && !request.atMost().isZero()) {
      world.elapse(request.atMost().compareTo(ONE_LOOK) < 0 ? request.atMost() : ONE_LOOK);
    }
    return whole ? seen : look(request);
  }

  private static boolean isWhole(PointArchived point) {
    return point.missing().isEmpty()
        && point.notRead().isEmpty()
        && point.transactions().stream().allMatch(range -> range.late().isEmpty());
  }

  private PointsArchived look(AwaitArchived request) {
    synchronized (world) {
      world.host(request.on().host().name()).requireReachable();
      world.archiveEverywhere();
      return new PointsArchived(
          request.on().host().name(),
          request.points().stream().map(this::pointArchived).toList(),
          List.of());
    }
  }

  private PointArchived pointArchived(WantedPoint wanted) {
    ContentTarget target = wanted.target();
    FakeArchive archive = world.archive(target.content());
    WalSegmentSize size = target.walSegmentSize();
    long from =
        Math.min(
            wanted.since().segmentNumber(size), target.recordFiles().get(0).segmentNumber(size));
    boolean readable = fetches(wanted.archive(), target.content());
    List<WalFile> own = readable ? wholeFiles(archive, target) : List.of();
    List<DecodedPoint> records =
        own.stream()
            .flatMap(file -> file.records().stream())
            .filter(r -> r.kind() == WalRecord.Kind.RESTORE_POINT)
            .filter(r -> r.name().equals(wanted.point().value()))
            .filter(r -> own.stream().noneMatch(file -> archive.isDamaged(file.name())))
            .map(r -> new DecodedPoint(wanted.point(), r.start(), r.end()))
            .toList();
    return new PointArchived(
        wanted.owner(),
        own.stream().map(WalFile::archived).toList(),
        records,
        readable
            ? missing(archive, target, from, FakeArchives::fault)
            : missing(archive, target, from, FakeArchives::absence),
        readable ? "" : "the restore command did not fetch " + target.walFile() + ", exit status 2",
        wanted.needed().stream().filter(name -> archive.file(name).isEmpty()).toList(),
        own.isEmpty()
            ? List.of()
            : wanted.transactions().stream().map(range -> transactions(target, range)).toList(),
        own.stream()
            .filter(file -> archive.isDamaged(file.name()))
            .findFirst()
            .map(file -> "pg_waldump: error in " + file.name())
            .orElse(""));
  }

  private TransactionsArchived transactions(ContentTarget target, WantedTransactions range) {
    WalSegmentSize size = target.walSegmentSize();
    List<WalRecord> records = new ArrayList<>();
    WalFileName last = WalFileName.containingByteBefore(target.timeline(), range.until(), size);
    if (world.isWithheld(target.content())) {
      return TransactionsArchived.late(last.text());
    }
    for (long n = WalFileName.containing(target.timeline(), range.from(), size).segmentNumber(size);
        n <= last.segmentNumber(size);
        n++) {
      WalFileName name = WalFileName.of(target.timeline(), n, size);
      Optional<WalFile> file = world.archive(target.content()).file(name);
      if (file.isEmpty()) {
        return TransactionsArchived.late(name.text());
      }
      records.addAll(file.get().records());
    }
    records.removeIf(
        record -> record.start().isBefore(range.from()) || record.end().isAfter(range.until()));
    return world.isGarbled(target.content())
        ? TransactionsArchived.unreadable("pg_waldump printed a line that is not understood")
        : TransactionsArchived.read(
            new DistributedTransactions(
                of(WalRecord.Kind.DISTRIBUTED_COMMIT, records),
                of(WalRecord.Kind.PREPARE, records)));
  }

  private static List<Global> of(WalRecord.Kind kind, List<WalRecord> records) {
    return records.stream()
        .filter(record -> record.kind() == kind)
        .map(record -> new Global(record.name(), record.start()))
        .toList();
  }

  private static List<WalFile> wholeFiles(FakeArchive archive, ContentTarget target) {
    return target.recordFiles().stream()
        .flatMap(name -> archive.file(name).stream())
        .filter(file -> file.bytes() == target.walSegmentSize().bytes())
        .toList();
  }

  private static boolean fetches(Site.Archive archive, ContentId content) {
    return archive.kindOf(content).isEmpty() || !archive.restoreCommand().startsWith("exit 2;");
  }

  /** What is wrong with a file, if anything. */
  private interface Look {
    Optional<MissingWal> at(FakeArchive archive, WalFileName name, ContentTarget target);
  }

  private static List<MissingWal> missing(
      FakeArchive archive, ContentTarget target, long from, Look look) {
    Optional<TimelineHistory> history = archive.history(target.timeline());
    if (history.isEmpty()) {
      return List.of(MissingWal.absent(TimelineHistory.fileName(target.timeline())));
    }
    List<MissingWal> missing = new ArrayList<>();
    for (WalFileName name : needed(target, from, history.get())) {
      look.at(archive, name, target).ifPresent(missing::add);
    }
    return missing;
  }

  private static List<WalFileName> needed(
      ContentTarget target, long from, TimelineHistory history) {
    WalSegmentSize size = target.walSegmentSize();
    return LongStream.rangeClosed(from, target.walFile().segmentNumber(size))
        .mapToObj(
            number -> {
              Lsn lastByte = new Lsn((number + 1) * size.bytes() - 1);
              Lsn lastNeeded =
                  lastByte.isAfter(target.lsn()) ? new Lsn(target.lsn().value() - 1) : lastByte;
              return WalFileName.of(history.timelineAt(lastNeeded), number, size);
            })
        .toList();
  }

  private static Optional<MissingWal> absence(
      FakeArchive archive, WalFileName name, ContentTarget target) {
    return archive.file(name).isEmpty()
        ? Optional.of(MissingWal.absent(name.text()))
        : Optional.empty();
  }

  private static Optional<MissingWal> fault(
      FakeArchive archive, WalFileName name, ContentTarget target) {
    Optional<WalFile> file = archive.file(name);
    if (file.isEmpty()) {
      return Optional.of(MissingWal.absent(name.text()));
    }
    String why =
        file.get().bytes() != target.walSegmentSize().bytes()
            ? file.get().bytes() + " bytes instead of " + target.walSegmentSize().bytes()
            : "page header of system " + file.get().system();
    return file.get().bytes() == target.walSegmentSize().bytes()
            && file.get().system().equals(target.systemIdentifier())
        ? Optional.empty()
        : Optional.of(new MissingWal(name.text(), why));
  }

  /** What a member of a cluster that streams was promoted to is there as soon as it archives. */
  @Override
  public HistoryArchived awaitHistory(AwaitHistory request) {
    InstanceId id = request.on().instances().get(0).id();
    synchronized (world.members()) {
      world.host(request.on().host().name()).requireReachable();
      FakeMember member = world.members().member(id);
      FakeArchive archive = world.archive(member.instance().content());
      if (member.isPrimary() && member.archives && archive.history(member.timeline()).isEmpty()) {
        archive.put(member.foreign.orElse(member.history));
      }
      List<TimelineHistory> there = archive.history(request.timeline()).stream().toList();
      if (there.isEmpty()) {
        world.elapse(request.atMost());
      }
      return new HistoryArchived(id, there, "");
    }
  }

  @Override
  public RecentArchived observeRecent(ObserveRecent request) {
    world.host(request.on().host().name()).requireReachable();
    Instance one = request.on().instances().get(0);
    List<TimelineId> later = world.archive(one.content()).after(request.timeline());
    long last = request.last().stream().mapToLong(file -> number(request, file)).sum();
    long whole = whole(request.walSegmentSize());
    if (last <= whole) {
      return new RecentArchived(one.id(), request.last().size(), List.of(), later);
    }
    // what it is asked about has not all been written yet
    long first = Math.min(last, Math.max(1, last - RECENT_FILES + 1));
    List<MissingWal> missing =
        LongStream.rangeClosed(first <= whole ? Math.max(first, whole + 1) : last, last)
            .mapToObj(n -> WalFileName.of(request.timeline(), n, request.walSegmentSize()).text())
            .map(file -> MissingWal.absent(file))
            .toList();
    return new RecentArchived(one.id(), first <= whole ? last - first + 1 : 1, missing, later);
  }

  /**
   * The number of the last WAL file that one which archives has written to its end; the archive of
   * another site of a fleet, which has no members, has all.
   */
  private long whole(WalSegmentSize size) {
    synchronized (world.members()) {
      if (world.members().all().isEmpty()) {
        return Long.MAX_VALUE;
      }
      return world.members().all().stream()
          .filter(member -> member.archives)
          .mapToLong(member -> member.end.value() / size.bytes() - 1)
          .max()
          .orElse(0);
    }
  }

  private static long number(ObserveRecent request, WalFileName file) {
    return file.segmentNumber(request.walSegmentSize());
  }

  @Override
  public PointsArchived awaitScanned(AwaitScanned request) {
    synchronized (world) {
      world.host(request.on().host().name()).requireReachable();
      List<PointArchived> points = new ArrayList<>();
      List<InstanceFailure> failures = new ArrayList<>();
      for (WantedScan wanted : request.scans()) {
        Optional<InstanceFailure> refusal = refusal(wanted.way());
        refusal.ifPresentOrElse(failures::add, () -> points.add(scanned(wanted)));
      }
      return new PointsArchived(request.on().host().name(), points, failures);
    }
  }

  private PointArchived scanned(WantedScan wanted) {
    ContentTarget target = wanted.way().target();
    FakeArchive archive = world.archive(target.content());
    ReplayStart start = wanted.way().from();
    long from =
        WalFileName.containing(start.timeline(), start.lsn(), target.walSegmentSize())
            .segmentNumber(target.walSegmentSize());
    List<MissingWal> missing = missing(archive, target, from, FakeArchives::fault);
    if (!missing.isEmpty()) {
      return new PointArchived(wanted.way().instance(), List.of(), List.of(), missing);
    }
    List<DecodedPoint> records =
        needed(target, from, archive.history(target.timeline()).orElseThrow()).stream()
            .flatMap(name -> archive.file(name).stream())
            .flatMap(file -> file.records().stream())
            .filter(r -> r.kind() == WalRecord.Kind.RESTORE_POINT)
            .filter(r -> r.name().equals(wanted.point().value()))
            .filter(r -> !r.start().isBefore(start.lsn()) && !r.end().isAfter(target.lsn()))
            .map(r -> new DecodedPoint(wanted.point(), r.start(), r.end()))
            .distinct()
            .toList();
    return new PointArchived(
        wanted.way().instance(),
        wholeFiles(archive, target).stream().map(WalFile::archived).toList(),
        records,
        List.of());
  }

  @Override
  public WaysDecoded awaitDecoded(AwaitDecoded request) {
    synchronized (world) {
      world.host(request.on().host().name()).requireReachable();
      return new WaysDecoded(
          request.on().host().name(),
          request.chains().stream().map(this::decoded).toList(),
          List.of());
    }
  }

  private WayDecoded decoded(WantedChain wanted) {
    ContentTarget target = wanted.target();
    FakeArchive archive = world.archive(target.content());
    WalSegmentSize size = target.walSegmentSize();
    long from =
        WalFileName.containing(wanted.from().timeline(), wanted.from().lsn(), size)
            .segmentNumber(size);
    return new WayDecoded(
        wanted.instance(),
        needed(target, from, archive.history(target.timeline()).orElseThrow()).stream()
            .filter(file -> archive.notDecoded().isEmpty() && archive.isDamaged(file))
            .map(file -> new MissingWal(file.text(), "there and can't be decoded"))
            .limit(1)
            .toList(),
        fetches(wanted.archive(), target.content())
            ? archive.notDecoded()
            : "the restore command did not fetch",
        archive.lackedSpaces());
  }

  @Override
  public ChainsObserved observeChain(ObserveChain request) {
    synchronized (world) {
      world.host(request.on().host().name()).requireReachable();
      List<ChainObserved> chains = new ArrayList<>();
      List<InstanceFailure> failures = new ArrayList<>();
      for (WantedChain wanted : request.chains()) {
        Optional<InstanceFailure> refusal = refusal(wanted);
        refusal.ifPresentOrElse(failures::add, () -> chains.add(chainObserved(wanted)));
      }
      return new ChainsObserved(request.on().host().name(), chains, failures);
    }
  }

  /** Why no WAL leads from where an instance is to its target. */
  private Optional<InstanceFailure> refusal(WantedChain wanted) {
    ContentTarget target = wanted.target();
    Lsn from = wanted.from().lsn();
    if (from.isAfter(target.lsn())) {
      return Optional.of(
          new InstanceFailure(
              wanted.instance(),
              FailureCode.BEYOND_TARGET,
              "replay would begin at " + from + ", beyond the target " + target.lsn()));
    }
    Instant made = wanted.from().checkpoint().time();
    if (!made.equals(FakeStandby.PRODUCTIONS_CHECKPOINT)) {
      return Optional.of(
          new InstanceFailure(
              wanted.instance(),
              FailureCode.PROMOTED,
              "its latest checkpoint, at "
                  + wanted.from().checkpoint().location()
                  + ", is not production's"));
    }
    return world
        .archive(target.content())
        .history(target.timeline())
        .filter(history -> left(wanted.from(), history))
        .map(
            history ->
                new InstanceFailure(
                    wanted.instance(),
                    FailureCode.PROMOTED,
                    wanted.from() + " is not on the way to timeline " + history.of()));
  }

  /** An instance that left the target's way replays nothing of it. */
  private static boolean left(ReplayStart from, TimelineHistory history) {
    return left(from.lsn(), from.timeline(), history)
        || from.floor().match(() -> false, (lsn, timeline) -> left(lsn, timeline, history));
  }

  private static boolean left(Lsn at, TimelineId here, TimelineHistory history) {
    if (here.equals(history.of())) {
      return false;
    }
    return !history.isAncestor(here) || at.isAfter(history.switchPointOf(here));
  }

  private ChainObserved chainObserved(WantedChain wanted) {
    ContentTarget target = wanted.target();
    FakeArchive archive = world.archive(target.content());
    WalSegmentSize size = target.walSegmentSize();
    ReplayStart start = wanted.from();
    long from = WalFileName.containing(start.timeline(), start.lsn(), size).segmentNumber(size);
    List<MissingWal> missing = new ArrayList<>(missing(archive, target, from, FakeArchives::fault));
    for (ArchivedWal expected : wanted.expected()) {
      archive
          .file(expected.file())
          .map(WalFile::archived)
          .filter(seen -> !seen.equals(expected))
          .ifPresent(
              seen ->
                  missing.add(
                      new MissingWal(
                          seen.file().text(),
                          "other bytes than were published: SHA-256 " + seen.sha256())));
    }
    WalFileName first =
        archive
            .history(target.timeline())
            .map(history -> needed(target, from, history).get(0))
            .orElse(target.walFile());
    return new ChainObserved(
        wanted.instance(),
        first,
        target.walFile(),
        target.walFile().segmentNumber(size) - from + 1,
        target.lsn().bytesSince(start.lsn()),
        missing);
  }
}
