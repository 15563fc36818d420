package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A process, identified by its number and its start time: a number alone may belong to another
 * process by the time it is killed.
 *
 * @param pid the process number
 * @param startTicks start time since boot, in clock ticks, as in /proc/PID/stat
 */
record LabProcess(long pid, long startTicks) {
  private static final int STATE_FIELD = 3;
  private static final int START_FIELD = 22;

  /** The process with that number, if there is one that has not ended. */
  static Optional<LabProcess> find(long pid) {
    OptionalLong start = startOf(pid);
    return start.isPresent()
        ? Optional.of(new LabProcess(pid, start.getAsLong()))
        : Optional.empty();
  }

  static LabProcess read(Path file) {
    try {
      String[] words = Files.readString(file).strip().split(" ", -1);
      return new LabProcess(Long.parseLong(words[0]), Long.parseLong(words[1]));
    } catch (IOException | RuntimeException e) {
      throw new LabFailure("unreadable process record " + file, e);
    }
  }

  void write(Path file) {
    try {
      Files.writeString(file, pid + " " + startTicks + "\n");
    } catch (IOException e) {
      throw new LabFailure("could not write process record " + file, e);
    }
  }

  /**
   * Whether nothing of it is left. A zombie is left, and a postmaster.pid that names one prevents
   * the next postmaster from starting.
   */
  boolean reaped() {
    return !alive()
        && (!Files.exists(Path.of("/proc", Long.toString(pid))) || find(pid).isPresent());
  }

  /** Whether this very process still lives; a zombie does not. */
  boolean alive() {
    OptionalLong start = startOf(pid);
    return start.isPresent() && start.getAsLong() == startTicks;
  }

  /** Sends the signal, if this very process still lives. */
  void signal(Signal signal) {
    if (alive()) {
      Command.attempt(
          Path.of("/"), List.of("sh", "-c", "kill -" + signal.name() + " " + pid), Map.of());
    }
  }

  private static OptionalLong startOf(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // the program's name may hold anything, so the fields are counted from its closing bracket
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean ended = fields[0].equals("Z") || fields[0].equals("X");
      return ended
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(fields[START_FIELD - STATE_FIELD]));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
