package dev.mooring.activities.archive;

import dev.mooring.activities.host.ArchiveWords;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.AwaitScanned;
import dev.mooring.port.ArchiveActivities.DecodedPoint;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedScan;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;

/**
 * Searches all the WAL of an archive that an instance would replay for restore points, file by file
 * along the target's timeline. It lists the files first and reads them second, in two scripts,
 * since a history file shows which files are on the way to the target.
 */
final class ForeignPoints {
  private final HostShell shell;
  private final HostDeadlines deadlines;

  ForeignPoints(HostShell shell, HostDeadlines deadlines) {
    this.shell = shell;
    this.deadlines = deadlines;
  }

  PointsArchived scan(AwaitScanned request) {
    HostWork on = request.on();
    Script script = script("list the way");
    request.scans().forEach(s -> script.each(id(s).value(), "way", wayArguments(s)));
    PerInstance<Way> ways =
        shell
            .run(on.host(), script, deadlines.observe())
            .read(request.scans(), ForeignPoints::id, ForeignPoints::way);
    List<PointArchived> points = new ArrayList<>();
    List<Way> whole = new ArrayList<>();
    for (Way way : ways.results()) {
      if (way.missing().isEmpty()) {
        whole.add(way);
      } else {
        points.add(new PointArchived(id(way.wanted()), List.of(), List.of(), way.missing()));
      }
    }
    List<InstanceFailure> failures = new ArrayList<>(ways.failures());
    if (!whole.isEmpty()) {
      PerInstance<PointArchived> read = decoded(request, whole);
      points.addAll(read.results());
      failures.addAll(read.failures());
    }
    return new PointsArchived(on.host().name(), points, failures);
  }

  private PerInstance<PointArchived> decoded(AwaitScanned request, List<Way> whole) {
    HostWork on = request.on();
    Script script = script("scan the way");
    whole.forEach(
        way ->
            OfInstance.call(
                script,
                HostArchiveActivities.instanceOf(on, id(way.wanted())),
                "scan",
                scanArguments(on, way)));
    return shell
        .run(on.host(), script, request.atMost())
        .read(whole, way -> id(way.wanted()), ForeignPoints::point);
  }

  private static List<String> wayArguments(WantedScan wanted) {
    ContentTarget target = wanted.way().target();
    WalSegmentSize size = target.walSegmentSize();
    return List.of(
        wanted.way().archive().directoryOf(target.content()),
        target.timeline().hex(),
        String.valueOf(size.bytes()),
        HostArchiveActivities.position(
            WalFileName.containing(
                wanted.way().from().timeline(), wanted.way().from().lsn(), size)),
        HostArchiveActivities.position(target.walFile()));
  }

  private static Way way(WantedScan wanted, Said said) {
    HostArchiveActivities.requireBefore(wanted.way());
    ContentTarget target = wanted.way().target();
    ArchiveListing listing = ArchiveListing.of(said, target);
    if (listing.history().isEmpty()) {
      return new Way(wanted, List.of(), 0, HostArchiveActivities.historyMissing(target.timeline()));
    }
    TimelineHistory history = listing.history().get();
    HostArchiveActivities.requireOnTheWay(wanted.way().from(), history);
    WalSegmentSize size = target.walSegmentSize();
    long from =
        WalFileName.containing(wanted.way().from().timeline(), wanted.way().from().lsn(), size)
            .segmentNumber(size);
    List<WalFileName> needed = NeededWal.to(target, from, history);
    WalPageHeader header = listing.headers().get(target.walFile());
    return new Way(
        wanted, needed, header == null ? 0 : header.blockBytes(), listing.missing(needed, target));
  }

  private static List<String> scanArguments(HostWork on, Way way) {
    ContentTarget target = way.wanted().way().target();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                way.wanted().way().archive().directoryOf(target.content()),
                HostArchiveActivities.instanceOf(on, id(way.wanted())).manager().binDirectory(),
                target.timeline().hex(),
                way.wanted().way().from().lsn().toString(),
                target.lsn().toString(),
                String.join(" ", target.recordFiles().stream().map(WalFileName::text).toList())));
    way.needed().forEach(file -> arguments.add(file.text()));
    return arguments;
  }

  private static PointArchived point(Way way, Said said) {
    ContentTarget target = way.wanted().way().target();
    if (said.number("status") != 0) {
      throw new InstanceRefusal(
          FailureCode.STATE_UNREADABLE,
          "the WAL from "
              + way.wanted().way().from().lsn()
              + " to "
              + target.lsn()
              + " can't be read through: "
              + said.text("waldump").strip());
    }
    List<DecodedPoint> records =
        HostArchiveActivities.decoded(
            said.text("records"), way.wanted().point(), way.blockBytes(), target.walSegmentSize());
    return new PointArchived(
        id(way.wanted()), said.archived(target.recordFiles()), records, List.of());
  }

  private static InstanceId id(WantedScan wanted) {
    return wanted.way().instance();
  }

  private static Script script(String name) {
    return ArchiveWords.in(
        Script.of(name, HostArchiveActivities.class, List.of("archive.sh", "foreign.sh"))
            .with(OfInstance.class, OfInstance.SCRIPT));
  }

  /**
   * The files on one instance's way to its target.
   *
   * @param blockBytes the size of a page, if the target's file is whole
   */
  private record Way(
      WantedScan wanted, List<WalFileName> needed, int blockBytes, List<MissingWal> missing) {}
}
