package dev.mooring.activities.copy;

import dev.mooring.activities.host.Said;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyProgress;
import dev.mooring.port.CopyActivities.CopyState;
import dev.mooring.topology.InstanceId;

/** Parses the host's reports of a copy under way and at its end. */
final class CopyWords {
  private static final long KILOBYTE = 1024;
  private static final String COPIED = "copied ";

  private CopyWords() {}

  /**
   * On its way.
   *
   * @param text {@code copied}, then kB done, kB in all, percent
   */
  static CopyProgress progress(InstanceId instance, String text) {
    if (!text.startsWith(COPIED)) {
      throw new IllegalArgumentException(
          "progress of " + instance + ": must be 'copied KB OF PERCENT', got '" + text + "'");
    }
    return copied(instance, text.substring(COPIED.length()));
  }

  static CopyAwaited ended(InstanceId instance, Said said) {
    return new CopyAwaited(
        instance,
        said.one("state", CopyState.class),
        copied(instance, said.text("copied")),
        String.join("; ", said.lines("words")));
  }

  private static CopyProgress copied(InstanceId instance, String text) {
    if (!text.strip().matches("[0-9]{1,15} [0-9]{1,15} [0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "progress of " + instance + ": must be kB, kB in all and percent, got '" + text + "'");
    }
    String[] words = text.strip().split(" ", -1);
    return new CopyProgress(
        instance,
        Long.parseLong(words[0]) * KILOBYTE,
        Long.parseLong(words[1]) * KILOBYTE,
        Integer.parseInt(words[2]));
  }
}
