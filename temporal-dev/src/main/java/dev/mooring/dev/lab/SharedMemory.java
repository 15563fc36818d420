package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** System V shared memory segments, which outlive a server that was killed. */
final class SharedMemory {
  private static final Path SEGMENTS = Path.of("/proc/sysvipc/shm");
  private static final int ID_FIELD = 1;
  private static final int ATTACHED_FIELD = 6;

  private SharedMemory() {}

  static boolean exists(long id) {
    return segments().stream().anyMatch(fields -> Long.parseLong(fields.get(ID_FIELD)) == id);
  }

  /** Removes the segment, unless some process is attached to it. */
  static void remove(long id) {
    boolean abandoned =
        segments().stream()
            .anyMatch(
                fields ->
                    Long.parseLong(fields.get(ID_FIELD)) == id
                        && Long.parseLong(fields.get(ATTACHED_FIELD)) == 0);
    if (abandoned) {
      Command.run(Path.of("/"), List.of("ipcrm", "-m", Long.toString(id)), Map.of());
    }
  }

  private static List<List<String>> segments() {
    try {
      return Files.readAllLines(SEGMENTS).stream()
          .skip(1)
          .map(line -> Arrays.asList(line.strip().split("\\s+", -1)))
          .toList();
    } catch (IOException e) {
      throw new LabFailure("unreadable " + SEGMENTS, e);
    }
  }
}
