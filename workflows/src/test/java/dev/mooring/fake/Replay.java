package dev.mooring.fake;

import dev.mooring.port.InstanceTarget;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a standby's startup process does with the archive: replays file by file towards its target,
 * stops there, waits where a file can't be had, dies where PostgreSQL would.
 */
final class Replay {
  private static final DateTimeFormatter LOG_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS'+00'").withZone(ZoneOffset.UTC);
  private static final WalSegmentSize SIZE = Harbour.WAL_SIZE;

  private final FakeStandby standby;
  private final TargetSettings settings;
  private final TimelineHistory way;
  private final ServerLog log;

  private Replay(FakeStandby standby, TimelineHistory way, ServerLog log) {
    this.standby = standby;
    this.settings = standby.settings();
    this.way = way;
    this.log = log;
  }

  /** Replays from where the standby stands as far as it gets. */
  static void goOn(FakeStandby standby, ServerLog log) {
    TimelineId wanted = wantedTimeline(standby);
    Optional<TimelineHistory> way = standby.archive().history(wanted);
    if (way.isEmpty()) {
      standby.diesOf("recovery target timeline " + wanted + " does not exist");
    } else if (!standby.timeline().equals(wanted) && !way.get().isAncestor(standby.timeline())) {
      standby.diesOf("requested timeline " + wanted + " is not a child of this server's history");
    } else {
      new Replay(standby, way.get(), log).runToEnding();
    }
  }

  private static TimelineId wantedTimeline(FakeStandby standby) {
    return switch (standby.settings().timeline()) {
      case "latest" ->
          standby.archive().files().keySet().stream()
              .map(WalFileName::timeline)
              .max(Comparator.naturalOrder())
              .orElse(standby.timeline());
      case "current" -> standby.timeline();
      default -> TimelineId.ofDecimal(standby.settings().timeline());
    };
  }

  private void runToEnding() {
    for (long number = numberOf(standby.replayed()); ; number++) {
      Optional<WalFile> file = restored(number);
      if (file.isEmpty()) {
        return;
      }
      for (WalRecord record : file.get().records()) {
        if (record.start().isBefore(standby.replayed())) {
          continue;
        }
        if (standby.dies() || stoppedAt(record)) {
          return;
        }
      }
    }
  }

  private static long numberOf(Lsn lsn) {
    return Long.divideUnsigned(lsn.value(), SIZE.bytes());
  }

  /** The file of that number: of the newest timeline on the way that has one. */
  private Optional<WalFile> restored(long number) {
    String wanted = "";
    String why = "absent ";
    for (TimelineId timeline : newestFirst()) {
      WalFileName name = WalFileName.of(timeline, number, SIZE);
      wanted = name.text();
      Optional<WalFile> file = standby.archive().file(name);
      if (beyondGate(name)) {
        standby.waitsFor("beyond " + name);
        return Optional.empty();
      }
      if (file.isPresent() && intact(file.get())) {
        return file;
      }
      boolean cutOff = file.filter(there -> there.bytes() != SIZE.bytes()).isPresent();
      why = cutOff ? "short " : "absent ";
    }
    standby.waitsFor(why + wanted);
    return Optional.empty();
  }

  private Iterable<TimelineId> newestFirst() {
    return Stream.concat(
            Stream.of(way.of()), way.entries().stream().map(TimelineHistory.Entry::parent))
        .filter(timeline -> timeline.compareTo(standby.timeline()) >= 0)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private boolean intact(WalFile file) {
    return file.bytes() == SIZE.bytes() && file.system().equals(standby.system());
  }

  private boolean beyondGate(WalFileName name) {
    Optional<InstanceTarget> gate = standby.gate();
    if (!settings.throughGate()) {
      return false;
    }
    if (gate.isEmpty()) {
      return true;
    }
    WalFileName last = gate.get().target().walFile();
    return name.segmentNumber(SIZE) > last.segmentNumber(SIZE)
        || name.timeline().compareTo(last.timeline()) > 0;
  }

  /** Only where reads are served does PostgreSQL pause at its target. */
  private boolean isReadable() {
    return standby.mayNotOpen();
  }

  /** Applies a record; true when recovery ended with it. */
  private boolean stoppedAt(WalRecord record) {
    Lsn consistent = standby.consistentFrom();
    standby.applied(record);
    boolean target =
        record.kind() == WalRecord.Kind.RESTORE_POINT
            && !settings.name().isEmpty()
            && record.name().equals(settings.name());
    if (!target) {
      return false;
    }
    log.says(
        "LOG",
        String.format(
            "recovery stopping at restore point \"%s\", time %s",
            record.name(), LOG_TIME.format(record.at())));
    if (record.end().isBefore(consistent)) {
      standby.diesOf("requested recovery stop point is before consistent recovery point");
    } else if (settings.action().equals("promote")) {
      standby.openForWriting();
    } else if (settings.action().equals("pause") && isReadable()) {
      standby.pausesAtTarget();
    } else {
      standby.shutsDownAtTarget();
    }
    return true;
  }
}
