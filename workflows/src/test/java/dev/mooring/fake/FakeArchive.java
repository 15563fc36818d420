package dev.mooring.fake;

import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The WAL archive of one content, as every site sees it. */
final class FakeArchive {
  private final SortedMap<WalFileName, WalFile> files = new TreeMap<>();
  private final SortedMap<TimelineId, TimelineHistory> histories = new TreeMap<>();
  private final Set<WalFileName> damaged = new HashSet<>();
  private List<String> lackedSpaces = List.of();
  private String notDecoded = "";
  private boolean backupHistories = true;

  void put(WalFile file) {
    files.put(file.name(), file);
  }

  void put(TimelineHistory history) {
    histories.put(history.of(), history);
  }

  void forget(TimelineId timeline) {
    histories.remove(timeline);
  }

  /** Whether it has the history files of base backups. */
  boolean hasBackupHistories() {
    return backupHistories;
  }

  void backupHistories(boolean there) {
    backupHistories = there;
  }

  Optional<WalFile> file(WalFileName name) {
    return Optional.ofNullable(files.get(name));
  }

  /** The history of a timeline; the first one has none and needs none. */
  Optional<TimelineHistory> history(TimelineId timeline) {
    return timeline.equals(TimelineId.FIRST)
        ? Optional.of(TimelineHistory.first())
        : Optional.ofNullable(histories.get(timeline));
  }

  /** A drill archived the history of the second timeline. */
  void putForeignHistory() {
    put(
        new TimelineHistory(
            new TimelineId(2),
            List.of(new TimelineHistory.Entry(TimelineId.FIRST, new Lsn(0x1000), "a drill"))));
  }

  /** The timelines after that one which have a history. */
  List<TimelineId> after(TimelineId timeline) {
    return histories.keySet().stream().filter(one -> one.compareTo(timeline) > 0).sorted().toList();
  }

  /** Takes a file away; it must be there. */
  WalFile remove(WalFileName name) {
    WalFile gone = files.remove(name);
    if (gone == null) {
      throw new IllegalArgumentException(name + " is not in the archive: " + files.keySet());
    }
    return gone;
  }

  /** A record of a file is altered, or as it was written again. */
  void damage(WalFileName name, boolean altered) {
    if (altered) {
      damaged.add(name);
    } else {
      damaged.remove(name);
    }
  }

  /** The directories that a copy's host lacks for tablespaces that its WAL makes. */
  List<String> lackedSpaces() {
    return lackedSpaces;
  }

  void lacksSpaces(List<String> sentences) {
    lackedSpaces = sentences;
  }

  /** Why its WAL is not decoded to its end; empty if it is. */
  String notDecoded() {
    return notDecoded;
  }

  void decodes(String butNot) {
    notDecoded = butNot;
  }

  /** Whether its records can't be decoded to their end. */
  boolean isDamaged(WalFileName name) {
    return damaged.contains(name);
  }

  /** Changes a file; it must be there. */
  void change(WalFileName name, UnaryOperator<WalFile> how) {
    put(how.apply(remove(name)));
  }

  SortedMap<WalFileName, WalFile> files() {
    return files;
  }
}
