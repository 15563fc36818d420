package dev.mooring.fake;

import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The WAL of one content as its primary writes it: records in order, one timeline at a time, and a
 * position up to which they are on disk. Making a restore point does not flush; a crash loses what
 * was not flushed.
 */
final class PrimaryWal {
  private static final long PAGE_HEADER = 0x28;
  private static final long RESTORE_POINT_BYTES = 0x68;
  private static final long CHECKPOINT_BYTES = 0x78;
  private static final long SWITCH_BYTES = 0x18;
  private static final long TRANSACTION_BYTES = 0x48;

  private final SystemIdentifier system;
  private final WalSegmentSize size;
  private final List<WalRecord> records = new ArrayList<>();
  private TimelineHistory history = TimelineHistory.first();
  private Lsn next;
  private Lsn flushed;
  private Lsn redo;

  PrimaryWal(SystemIdentifier system, WalSegmentSize size) {
    this.system = system;
    this.size = size;
    this.next = new Lsn(2 * size.bytes() + PAGE_HEADER);
    this.flushed = next;
    this.redo = next;
  }

  SystemIdentifier system() {
    return system;
  }

  WalSegmentSize size() {
    return size;
  }

  TimelineHistory history() {
    return history;
  }

  TimelineId timeline() {
    return history.of();
  }

  /** Where the next record will begin. */
  Lsn next() {
    return next;
  }

  /** Up to where it is on disk: what pg_current_wal_lsn() says. */
  Lsn flushed() {
    return flushed;
  }

  /** Where replay from the last checkpoint begins. */
  Lsn redo() {
    return redo;
  }

  /** Writes and flushes that many bytes of data, over as many files as it takes. */
  void write(long bytes, Instant at) {
    long left = bytes;
    while (left > 0) {
      long now = Math.min(left, room());
      insert(WalRecord.Kind.DATA, "", now, at);
      left -= now;
    }
    flushed = next;
  }

  /** Makes a restore point, in memory only. */
  WalRecord restorePoint(String name, Instant at) {
    return insert(WalRecord.Kind.RESTORE_POINT, name, RESTORE_POINT_BYTES, at);
  }

  /** A record of a distributed transaction. */
  void distributed(WalRecord.Kind kind, String gid, Instant at) {
    insert(kind, gid, TRANSACTION_BYTES, at);
    flushed = next;
  }

  /** Ends a checkpoint. */
  void checkpoint(Instant at) {
    redo = insert(WalRecord.Kind.CHECKPOINT, "", CHECKPOINT_BYTES, at).start();
    flushed = next;
  }

  /** Ends the current file; one with nothing in it stays as it is. */
  Lsn switchFile(Instant at) {
    long offset = Long.remainderUnsigned(next.value(), size.bytes());
    if (offset == PAGE_HEADER) {
      return new Lsn(next.value() - PAGE_HEADER);
    }
    Lsn end = insert(WalRecord.Kind.SWITCH, "", SWITCH_BYTES, at).end();
    next = fileAfter(end);
    flushed = next;
    return end;
  }

  /**
   * Another server goes on with this WAL on a timeline of its own, or the same one after a crash.
   */
  void promote(Instant at) {
    List<TimelineHistory.Entry> entries = new ArrayList<>(history.entries());
    entries.add(new TimelineHistory.Entry(timeline(), next, "no recovery target specified"));
    history = new TimelineHistory(new TimelineId(timeline().value() + 1), entries);
    checkpoint(at);
  }

  /** Whoever goes on with this WAL has nothing from there on. */
  void loseFrom(Lsn at) {
    records.removeIf(record -> record.end().isAfter(at));
    next = records.get(records.size() - 1).end();
    flushed = next;
  }

  /** Loses what was not flushed. */
  void crash() {
    records.removeIf(record -> record.end().isAfter(flushed));
    next = flushed;
  }

  /** The file of the timeline that is written now, with a number. */
  WalFile file(long number) {
    return new WalFile(
        WalFileName.of(timeline(), number, size),
        system,
        size.bytes(),
        records.stream().filter(record -> numberOf(record.start()) == number).toList());
  }

  /** The number of the file that is written now. */
  long currentFile() {
    return numberOf(next);
  }

  private long numberOf(Lsn lsn) {
    return Long.divideUnsigned(lsn.value(), size.bytes());
  }

  private long room() {
    long left = size.bytes() - Long.remainderUnsigned(next.value(), size.bytes());
    return left == 0 ? size.bytes() - PAGE_HEADER : left;
  }

  private WalRecord insert(WalRecord.Kind kind, String name, long bytes, Instant at) {
    if (room() < bytes) {
      next = fileAfter(next);
    }
    WalRecord record = new WalRecord(timeline(), next, next.plus(bytes), kind, name, at);
    records.add(record);
    boolean full = Long.remainderUnsigned(record.end().value(), size.bytes()) == 0;
    next = full ? record.end().plus(PAGE_HEADER) : record.end();
    return record;
  }

  private Lsn fileAfter(Lsn lsn) {
    return new Lsn((numberOf(lsn) + 1) * size.bytes() + PAGE_HEADER);
  }
}
