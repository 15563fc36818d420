package dev.mooring.activities.instance;

import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.InstanceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The replay positions of the instances of one host. They are reported together: a heartbeat
 * replaces the one before, and must not lose the other instances' positions.
 */
final class ReplayPositions {
  private static final char RECORD_SEPARATOR = '\036';

  private final Map<InstanceId, ReplayPosition> latest = new LinkedHashMap<>();

  /**
   * Records the host's report about one instance.
   *
   * @param text {@code at}, the WAL file it replays, and the file that its gate last could not get,
   *     both possibly empty; or {@code down} and the end of this start's log, record separators in
   *     place of its line breaks; or {@code paused}
   * @return the positions of all instances with a report
   */
  List<ReplayPosition> heard(InstanceId instance, WalSegmentSize size, String text) {
    String[] words = text.split(" ", 2);
    if (words.length == 2 && words[0].equals("down")) {
      latest.put(instance, down(instance, words[1]));
    } else if (text.equals("paused")) {
      latest.put(instance, new ReplayPosition(instance, "", "", "", "paused at its target"));
    } else if (text.matches("at [^ ]* .*")) {
      latest.put(instance, at(instance, size, words[1]));
    } else {
      throw new IllegalArgumentException(
          "progress of "
              + instance
              + ": must be 'at FILE WAITING', 'down LOG' or 'paused', got '"
              + text
              + "'");
    }
    return List.copyOf(latest.values());
  }

  private static ReplayPosition down(InstanceId instance, String log) {
    StartLog ended = StartLog.parse(log.replace(RECORD_SEPARATOR, '\n'));
    String how = ended.stoppedAtTarget() ? "stopped at its target" : ended.causeOfDeath();
    return new ReplayPosition(instance, "", "", "", how);
  }

  private static ReplayPosition at(InstanceId instance, WalSegmentSize size, String text) {
    int space = text.indexOf(' ');
    String replaying = text.substring(0, space);
    return new ReplayPosition(
        instance, replayedTo(replaying, size), replaying, text.substring(space + 1), "");
  }

  /** A startup process that is at a WAL file has replayed everything before it. */
  private static String replayedTo(String walFile, WalSegmentSize size) {
    return !walFile.matches("[0-9A-F]{24}")
        ? ""
        : new WalFileName(walFile).startLsn(size).toString();
  }
}
