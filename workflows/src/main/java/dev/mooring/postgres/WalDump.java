package dev.mooring.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The restore points among the records that pg_waldump printed.
 *
 * @param restorePoints in WAL order
 */
public record WalDump(List<WalDumpRecord> restorePoints) {
  /** One record: its resource manager, its length, where it begins, its description. */
  static final Pattern RECORD =
      Pattern.compile(
          "rmgr: (\\S+)\\s+len \\(rec/tot\\):\\s*\\d+/\\s*(\\d+), tx:\\s*\\d+,"
              + " lsn: ([0-9A-F]+/[0-9A-F]+), prev [0-9A-F]+/[0-9A-F]+, desc: (.*)");

  /** How the line begins that is printed if the start lies between two records. */
  static final String NOTE = "first record is after ";

  private static final String RESTORE_POINT = "RESTORE_POINT ";
  private static final String SWITCH = "SWITCH";

  public WalDump {
    restorePoints = List.copyOf(restorePoints);
  }

  /** Reads pg_waldump's standard output. An error names the line. */
  public static WalDump parse(String output) {
    List<WalDumpRecord> points = new ArrayList<>();
    List<String> lines = output.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith(NOTE)) {
        continue;
      }
      Matcher matcher = RECORD.matcher(line);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "pg_waldump line " + (i + 1) + " is no WAL record: '" + line + "'");
      }
      if (matcher.group(1).equals("XLOG") && matcher.group(4).startsWith(RESTORE_POINT)) {
        points.add(restorePoint(i + 1, matcher));
      }
    }
    return new WalDump(points);
  }

  private static WalDumpRecord restorePoint(int line, Matcher matcher) {
    try {
      return new WalDumpRecord(
          Lsn.parse(matcher.group(3)),
          Long.parseLong(matcher.group(2)),
          matcher.group(4).substring(RESTORE_POINT.length()));
    } catch (IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          "pg_waldump line " + line + ": " + unreadable.getMessage(), unreadable);
    }
  }

  /**
   * Where WAL goes on behind a record, from pg_waldump's line about it: after a switch of files, at
   * the next file.
   */
  public static Lsn endOf(String line, int walBlockSize, WalSegmentSize size) {
    Matcher matcher = RECORD.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("pg_waldump: no WAL record: '" + line + "'");
    }
    Lsn end =
        new WalDumpRecord(Lsn.parse(matcher.group(3)), Long.parseLong(matcher.group(2)), "")
            .endLsn(walBlockSize, size);
    boolean switches = matcher.group(1).equals("XLOG") && matcher.group(4).startsWith(SWITCH);
    long over = Long.remainderUnsigned(end.value(), size.bytes());
    return switches && over != 0 ? end.plus(size.bytes() - over) : end;
  }

  /** The restore points of that name: recovery to the name stops at the first. */
  public List<WalDumpRecord> named(String name) {
    return restorePoints.stream().filter(point -> point.name().equals(name)).toList();
  }
}
