package dev.mooring.activities.instance;

import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.InstanceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the instances of one host are on their way. They are told together: a heartbeat replaces
 * the one before, and must not lose the other instances' positions.
 */
final class ReplayPositions {
  private final Map<InstanceId, ReplayPosition> latest = new LinkedHashMap<>();

  /**
   * Notes what the host says of one instance.
   *
   * @param text the WAL file it replays, a space, and what its gate last could not give; both may
   *     be empty
   * @return the positions of all that were heard of
   */
  List<ReplayPosition> heard(InstanceId instance, WalSegmentSize size, String text) {
    int space = text.indexOf(' ');
    String replaying = text.substring(0, space);
    latest.put(
        instance,
        new ReplayPosition(
            instance, replayedTo(replaying, size), replaying, text.substring(space + 1)));
    return List.copyOf(latest.values());
  }

  /** A startup process that is at a WAL file has replayed everything before it. */
  private static String replayedTo(String walFile, WalSegmentSize size) {
    return !walFile.matches("[0-9A-F]{24}")
        ? ""
        : new WalFileName(walFile).startLsn(size).toString();
  }
}
