package dev.mooring.activities.archive;

import dev.mooring.activities.host.ArchiveWords;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Late;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalDump;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Archives read through scripts on the site's hosts: directories there, or what their programs list
 * and the site's restore command fetches. Buckets, and archives that commands check, are listed by
 * the worker instead.
 */
public final class HostArchiveActivities implements ArchiveActivities {
  private static final int POSITION_AT = 8;

  /** So much of a file holds its last record, as in decode.sh; no WAL file is smaller. */
  private static final long LAST_BYTES = 1 << 20;

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final WorkersLook byWorker;

  /**
   * @param buckets opens the archives that are buckets
   */
  public HostArchiveActivities(HostShell shell, HostDeadlines deadlines, S3Clients buckets) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.byWorker = new WorkersLook(deadlines.observe(), buckets);
  }

  @Override
  public PointsArchived awaitArchived(AwaitArchived request) {
    HostWork on = request.on();
    Duration left = byWorker.await(request);
    Script script = script("await archived");
    script.call("wait_for", List.of(seconds(left)));
    request.points().stream()
        .filter(point -> !point.needed().isEmpty())
        .forEach(point -> script.call("still_needed", needs(point)));
    request.points().forEach(point -> ArchivedTransactions.askFor(script, point));
    request
        .points()
        .forEach(p -> OfInstance.call(script, owner(on, p), "point", pointArguments(on, p)));
    PerInstance<PointArchived> read =
        shell
            .run(on.host(), script, left.plus(deadlines.observe()))
            .read(request.points(), WantedPoint::owner, (p, said) -> pointArchived(on, p, said));
    return new PointsArchived(on.host().name(), read.results(), read.failures());
  }

  private static List<String> needs(WantedPoint point) {
    List<String> words = new ArrayList<>(List.of(point.owner().value()));
    words.addAll(names(point.needed()));
    return words;
  }

  /** The shell counts whole seconds; without time to wait there is one observation. */
  static String seconds(Duration atMost) {
    return String.valueOf(atMost.isZero() ? 0 : Math.max(1, atMost.toSeconds()));
  }

  private static List<String> pointArguments(HostWork on, WantedPoint wanted) {
    ContentTarget target = wanted.target();
    List<WalFileName> files = target.recordFiles();
    List<String> arguments = new ArrayList<>(ArchiveWords.of(wanted.archive(), target.content()));
    arguments.addAll(
        List.of(
            owner(on, wanted).manager().binDirectory(),
            target.timeline().hex(),
            String.valueOf(target.walSegmentSize().bytes()),
            position(first(wanted)),
            position(target.walFile()),
            files.get(0).startLsn(target.walSegmentSize()).toString(),
            target.lsn().toString()));
    arguments.addAll(before(target));
    files.forEach(file -> arguments.add(file.text()));
    return arguments;
  }

  /**
   * The file before, and a late position in it, if a file is read to its end: its first record may
   * begin there. Two empty words for a point, whose way the next consume decodes.
   */
  private static List<String> before(ContentTarget target) {
    WalSegmentSize size = target.walSegmentSize();
    WalFileName file = target.walFile();
    long number = file.segmentNumber(size);
    return number < 2 || !target.equals(target.endingWith(file))
        ? List.of("", "")
        : List.of(
            WalFileName.of(file.timeline(), number - 1, size).text(),
            new Lsn(file.startLsn(size).value() - LAST_BYTES).toString());
  }

  private static Instance owner(HostWork on, WantedPoint wanted) {
    return instanceOf(on, wanted.owner());
  }

  static Instance instanceOf(HostWork on, InstanceId id) {
    return on.instances().stream()
        .filter(instance -> instance.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "instance " + id + " is not on host " + on.host().name()));
  }

  /** The first file to read: that of the last READY point, or the point's own first one. */
  private static WalFileName first(WantedPoint wanted) {
    WalSegmentSize size = wanted.target().walSegmentSize();
    WalFileName own = wanted.target().recordFiles().get(0);
    return wanted.since().segmentNumber(size) < own.segmentNumber(size) ? wanted.since() : own;
  }

  private PointArchived pointArchived(HostWork on, WantedPoint wanted, Said said) {
    ContentTarget target = wanted.target();
    ArchiveListing listing = ArchiveListing.of(said, target);
    long from = first(wanted).segmentNumber(target.walSegmentSize());
    String notRead = said.optional("unread").orElse("").strip();
    List<WalFileName> needed =
        listing
            .history()
            .map(history -> NeededWal.to(target, from, history))
            .orElse(target.recordFiles());
    ArchiveListing all = byWorker.over(wanted.archive(), target, on.host(), listing, needed);
    List<MissingWal> missing =
        new ArrayList<>(
            listing.history().isPresent()
                ? all.missing(needed, target)
                : historyMissing(target.timeline()));
    said.optional("wrong")
        .map(String::strip)
        .flatMap(w -> wrong(w, missing))
        .ifPresent(missing::add);
    return new PointArchived(
        wanted.owner(),
        said.archived(target.recordFiles()),
        said.optional("records").map(text -> records(wanted, listing, text)).orElse(List.of()),
        missing,
        notRead,
        gone(on.host(), wanted, said),
        ArchivedTransactions.of(wanted, said),
        said.optional("undecodable").map(Said::shorten).orElse(""));
  }

  /** A file that could be fetched, and was not whole or not there, is no file to take for there. */
  private static Optional<MissingWal> wrong(String words, List<MissingWal> named) {
    int space = words.indexOf(' ');
    return space < 0 || named.stream().anyMatch(m -> m.file().equals(words.substring(0, space)))
        ? Optional.empty()
        : Optional.of(fetched(words.substring(0, space), words.substring(space + 1)));
  }

  private static MissingWal fetched(String file, String why) {
    return new MissingWal(file, "there and can't be fetched: " + why);
  }

  private List<WalFileName> gone(Host host, WantedPoint wanted, Said said) {
    return Stream.concat(
            said.optional("gone").orElse("").lines().map(WalFileName::new),
            byWorker
                .gone(wanted.archive(), wanted.target().content(), host, wanted.needed())
                .stream())
        .toList();
  }

  private static List<String> names(List<WalFileName> files) {
    return files.stream().map(WalFileName::text).toList();
  }

  private static List<DecodedPoint> records(
      WantedPoint wanted, ArchiveListing listing, String dump) {
    ContentTarget target = wanted.target();
    WalPageHeader header = listing.headers().get(target.walFile());
    if (header == null) {
      throw new InstanceRefusal(
          FailureCode.STATE_UNREADABLE, target.walFile() + " changed while it was read");
    }
    return decoded(dump, wanted.point(), header.blockBytes(), target.walSegmentSize());
  }

  /** The points of that name in pg_waldump's output. */
  static List<DecodedPoint> decoded(
      String dump, RestorePointName point, int blockBytes, WalSegmentSize size) {
    return WalDump.parse(dump).named(point.value()).stream()
        .map(record -> new DecodedPoint(point, record.start(), record.endLsn(blockBytes, size)))
        .toList();
  }

  @Override
  public PointsArchived awaitScanned(AwaitScanned request) {
    return new ForeignPoints(shell, deadlines).scan(request);
  }

  @Override
  public WaysDecoded awaitDecoded(AwaitDecoded request) {
    return new DecodedWays(shell, deadlines).decode(request);
  }

  @Override
  public HistoryArchived awaitHistory(AwaitHistory request) {
    return new RecentArchive(shell, deadlines, byWorker).await(request);
  }

  @Override
  public RecentArchived observeRecent(ObserveRecent request) {
    return new RecentArchive(shell, deadlines, byWorker).look(request);
  }

  @Override
  public ChainsObserved observeChain(ObserveChain request) {
    return new Late(deadlines.late()).look(() -> look(request), seen -> !lacksAny(seen));
  }

  /** A slow store may show a file late; a file that is there and wrong stays wrong. */
  private static boolean lacksAny(ChainsObserved seen) {
    return seen.chains().stream()
        .flatMap(chain -> chain.missing().stream())
        .anyMatch(missing -> missing.kind() == MissingWal.Kind.ABSENT);
  }

  private ChainsObserved look(ObserveChain request) {
    HostWork on = request.on();
    Script script = script("observe chain");
    request.chains().forEach(c -> script.each(c.instance().value(), "chain", chainArguments(c)));
    PerInstance<ChainObserved> read =
        shell
            .run(on.host(), script, deadlines.observe())
            .read(request.chains(), WantedChain::instance, (c, said) -> chainObserved(on, c, said));
    return new ChainsObserved(on.host().name(), read.results(), read.failures());
  }

  private static List<String> chainArguments(WantedChain wanted) {
    ContentTarget target = wanted.target();
    List<String> arguments = new ArrayList<>(ArchiveWords.of(wanted.archive(), target.content()));
    arguments.addAll(
        List.of(
            target.timeline().hex(),
            String.valueOf(target.walSegmentSize().bytes()),
            position(
                WalFileName.containing(
                    wanted.from().timeline(), wanted.from().lsn(), target.walSegmentSize())),
            position(target.walFile()),
            position(CheckpointBytes.file(wanted)),
            String.valueOf(CheckpointBytes.offset(wanted)),
            wanted.from().timeline().hex()));
    (wanted.expected().isEmpty() ? target.recordFiles() : files(wanted))
        .forEach(file -> arguments.add(file.text()));
    return arguments;
  }

  private ChainObserved chainObserved(HostWork on, WantedChain wanted, Said said) {
    requireBefore(wanted);
    ContentTarget target = wanted.target();
    ArchiveListing listing = ArchiveListing.of(said, target);
    Optional<TimelineHistory> history = listing.history();
    history.ifPresent(h -> requireOnTheWay(wanted.from(), h));
    WalSegmentSize size = target.walSegmentSize();
    ReplayStart start = wanted.from();
    long from = WalFileName.containing(start.timeline(), start.lsn(), size).segmentNumber(size);
    List<WalFileName> needed =
        history.map(h -> NeededWal.to(target, from, h)).orElse(List.of(target.walFile()));
    CheckpointBytes.requireProductions(wanted, needed, listing, said);
    ArchiveListing all = byWorker.over(wanted.archive(), target, on.host(), listing, needed);
    List<MissingWal> missing =
        new ArrayList<>(
            history
                .map(h -> all.missing(needed, target))
                .orElseGet(() -> historyMissing(target.timeline())));
    missing.addAll(altered(wanted, said.archived(files(wanted))));
    missing.addAll(unread(wanted, needed, all, said));
    return new ChainObserved(
        wanted.instance(),
        needed.get(0),
        target.walFile(),
        target.walFile().segmentNumber(size) - from + 1,
        target.lsn().bytesSince(start.lsn()),
        missing);
  }

  static void requireBefore(WantedChain wanted) {
    if (wanted.from().lsn().isAfter(wanted.target().lsn())) {
      throw new InstanceRefusal(
          FailureCode.BEYOND_TARGET,
          "replay would begin at "
              + wanted.from().lsn()
              + ", beyond the target "
              + wanted.target().lsn());
    }
  }

  /** Refuses an instance that left the target's timelines: it would replay none of this WAL. */
  static void requireOnTheWay(ReplayStart from, TimelineHistory history) {
    requireOnTheWay("replay would begin at ", from.lsn(), from.timeline(), history);
    if (from.floor() instanceof MinimumRecoveryEnd.At floor) {
      requireOnTheWay("it can't be parked below ", floor.lsn(), floor.timeline(), history);
    }
  }

  private static void requireOnTheWay(
      String where, Lsn at, TimelineId here, TimelineHistory history) {
    if (here.equals(history.of())) {
      return;
    }
    if (!history.isAncestor(here)) {
      throw new InstanceRefusal(
          FailureCode.PROMOTED,
          "timeline " + here + " is no ancestor of the target's timeline " + history.of());
    }
    Lsn left = history.switchPointOf(here);
    if (at.isAfter(left)) {
      throw new InstanceRefusal(
          FailureCode.PROMOTED,
          where + at + " of timeline " + here + ", which the target's timeline left at " + left);
    }
  }

  private static List<WalFileName> files(WantedChain wanted) {
    return wanted.expected().stream().map(ArchivedWal::file).toList();
  }

  /** The files that replay needs are fetched now, as replay will: listing them is not enough. */
  private static List<MissingWal> unread(
      WantedChain wanted, List<WalFileName> needed, ArchiveListing listing, Said said) {
    if (said.optional("unread").isEmpty()) {
      return List.of();
    }
    WalSegmentSize size = wanted.target().walSegmentSize();
    long checkpoint = CheckpointBytes.file(wanted).segmentNumber(size);
    String why = said.text("unread").strip();
    return needed.stream()
        .filter(
            file ->
                wanted.target().recordFiles().contains(file)
                    || file.segmentNumber(size) == checkpoint)
        .filter(file -> listing.listed().containsKey(file) && !listing.sizes().containsKey(file))
        .map(file -> fetched(file.text(), why))
        .toList();
  }

  private static List<MissingWal> altered(WantedChain wanted, List<ArchivedWal> seen) {
    return wanted.expected().stream()
        .flatMap(
            expected ->
                seen.stream()
                    .filter(s -> s.file().equals(expected.file()) && !s.equals(expected))
                    .map(
                        s ->
                            new MissingWal(
                                s.file().text(),
                                "other bytes than were published: SHA-256 "
                                    + s.sha256()
                                    + " instead of "
                                    + expected.sha256())))
        .toList();
  }

  static List<MissingWal> historyMissing(TimelineId timeline) {
    return List.of(MissingWal.absent(TimelineHistory.fileName(timeline)));
  }

  static Script script(String name) {
    return ArchiveWords.in(
        Script.of(name, HostArchiveActivities.class, List.of("archive.sh"))
            .with(OfInstance.class, OfInstance.SCRIPT));
  }

  static String position(WalFileName file) {
    return file.text().substring(POSITION_AT);
  }
}
