package dev.mooring.activities.archive;

import dev.mooring.activities.host.ArchiveWords;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.AwaitHistory;
import dev.mooring.port.ArchiveActivities.HistoryArchived;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.ObserveRecent;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The files that one server archived recently, read from a host that reaches its archive. */
final class RecentArchive {
  /** A range of positions without a file: only histories are looked for. */
  private static final List<String> NO_FILES = List.of("F".repeat(16), "0".repeat(16));

  private static final int FILES = dev.mooring.port.ArchiveActivities.RECENT_FILES;

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final WorkersLook byWorker;

  RecentArchive(HostShell shell, HostDeadlines deadlines, WorkersLook byWorker) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.byWorker = byWorker;
  }

  HistoryArchived await(AwaitHistory request) {
    Instance instance = OfInstance.only(request.on());
    List<String> arguments =
        new ArrayList<>(ArchiveWords.of(request.archive(), instance.content()));
    arguments.add(request.timeline().hex());
    Script script = HostArchiveActivities.script("await history");
    script.call("wait_for", List.of(HostArchiveActivities.seconds(request.atMost())));
    script.each(instance.id().value(), "await_history", arguments);
    return shell.only(
        request.on(),
        script,
        request.atMost().plus(deadlines.observe()),
        (of, said) ->
            new HistoryArchived(
                of.id(),
                said
                    .optional("history")
                    .map(text -> TimelineHistory.parse(request.timeline(), text))
                    .stream()
                    .toList(),
                said.optional("unread").orElse("").strip()));
  }

  RecentArchived look(ObserveRecent request) {
    Instance instance = OfInstance.only(request.on());
    List<String> arguments =
        new ArrayList<>(ArchiveWords.of(request.archive(), instance.content()));
    arguments.add(request.timeline().hex());
    arguments.add(String.valueOf(request.walSegmentSize().bytes()));
    arguments.addAll(
        last(request)
            .map(
                last ->
                    List.of(
                        HostArchiveActivities.position(first(request, last)),
                        HostArchiveActivities.position(last)))
            .orElse(NO_FILES));
    Script script = HostArchiveActivities.script("read what was archived last");
    script.each(instance.id().value(), "recent", arguments);
    return shell.only(
        request.on(), script, deadlines.observe(), (of, said) -> recent(request, of, said));
  }

  private static Optional<WalFileName> last(ObserveRecent request) {
    return request.last().stream().findFirst();
  }

  private static WalFileName first(ObserveRecent request, WalFileName last) {
    WalSegmentSize size = request.walSegmentSize();
    long number = Math.max(1, last.segmentNumber(size) - FILES + 1);
    return WalFileName.of(request.timeline(), number, size);
  }

  private RecentArchived recent(ObserveRecent request, Instance of, Said said) {
    List<TimelineId> later =
        said.text("later")
            .lines()
            .filter(line -> line.matches("[0-9A-F]{8}[.]history"))
            .map(line -> TimelineId.ofHex(line.substring(0, line.indexOf('.'))))
            .filter(timeline -> timeline.compareTo(request.timeline()) > 0)
            .sorted()
            .toList();
    if (!request.timeline().equals(TimelineId.FIRST) && said.optional("history").isEmpty()) {
      return new RecentArchived(
          of.id(), 0, HostArchiveActivities.historyMissing(request.timeline()), later);
    }
    List<WalFileName> looked = new ArrayList<>();
    List<MissingWal> missing =
        last(request).map(last -> missing(request, of, last, said, looked)).orElse(List.of());
    return new RecentArchived(of.id(), looked.size(), missing, later);
  }

  /**
   * @param looked receives the files that were looked for
   */
  private List<MissingWal> missing(
      ObserveRecent request, Instance of, WalFileName last, Said said, List<WalFileName> looked) {
    WalSegmentSize size = request.walSegmentSize();
    Lsn end = last.startLsn(size).plus(size.bytes());
    ContentTarget target =
        new ContentTarget(of.content(), request.system(), request.timeline(), end, last, size);
    ArchiveListing listing = ArchiveListing.of(said, target);
    List<WalFileName> window =
        NeededWal.to(
            target, first(request, last).segmentNumber(size), listing.history().orElseThrow());
    ArchiveListing all =
        byWorker.over(request.archive(), target, request.on().host(), listing, window);
    looked.addAll(window.subList(begins(all, window), window.size()));
    return all.missing(looked, target);
  }

  /**
   * The first file that is there. If sites archive apart, the WAL of another server's time as
   * primary is only in its archive: the search begins after the last earlier timeline without a
   * file.
   */
  private static int begins(ArchiveListing all, List<WalFileName> window) {
    Set<TimelineId> found =
        window.stream()
            .filter(file -> isThere(all, file))
            .map(WalFileName::timeline)
            .collect(Collectors.toSet());
    found.add(window.get(window.size() - 1).timeline());
    int begins = 0;
    for (int at = 0; at < window.size(); at++) {
      begins = found.contains(window.get(at).timeline()) ? begins : at + 1;
    }
    while (begins < window.size() - 1 && !isThere(all, window.get(begins))) {
      begins++;
    }
    return begins;
  }

  private static boolean isThere(ArchiveListing all, WalFileName file) {
    return all.sizes().containsKey(file)
        || all.listed().containsKey(file)
        || all.otherForms().containsKey(file);
  }
}
