package dev.mooring.dev.database;

import java.sql.Connection;
import java.sql.SQLException;

/** Writes WAL up to a position of one's choice, with records that mean nothing. */
final class WalFiller {
  private static final long FILE = 1 << 20;
  private static final long PAGE = 8192;

  /** An xl_restore_point with its record header, aligned to 8 bytes. */
  private static final long RESTORE_POINT = 104;

  /** Room that is left for the last message, which is sized to the byte. */
  private static final long LAST = 2048;

  private WalFiller() {}

  /** Leaves the insert position exactly one restore point before the end of a WAL file. */
  static void leaveRoomForOneRestorePoint(Connection connection) throws SQLException {
    long overhead = overhead(connection);
    long end = (position(connection) / FILE + 1) * FILE;
    if (end - position(connection) < 2 * PAGE) {
      end += FILE;
    }
    long left = end - RESTORE_POINT - position(connection);
    while (left > PAGE - RESTORE_POINT - LAST) {
      emit(connection, Math.min(left / 2, 64 * PAGE));
      left = end - RESTORE_POINT - position(connection);
    }
    emit(connection, left - overhead);
  }

  /** What a message takes beyond its text. */
  private static long overhead(Connection connection) throws SQLException {
    for (int attempt = 0; attempt < 10; attempt++) {
      long before = position(connection);
      emit(connection, 1000);
      long after = position(connection);
      if (before / PAGE == after / PAGE) {
        return after - before - 1000;
      }
    }
    throw new AssertionError("ten messages in a row crossed a page");
  }

  private static void emit(Connection connection, long length) throws SQLException {
    Fleet.ask(connection, "SELECT pg_logical_emit_message(false, '', repeat('x', " + length + "))");
  }

  private static long position(Connection connection) throws SQLException {
    return Long.parseLong(
        Fleet.ask(connection, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"));
  }
}
