package dev.mooring.dev.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/**
 * The client's own record of one content's acknowledged writes: one line for each, its number and
 * when the acknowledgement arrived. A line is written after the commit returned, never before.
 */
final class Ledger {
  private static final int MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  private final Path file;
  private boolean closed;

  Ledger(Path directory, int content) {
    this.file = directory.resolve("ledger-" + content + ".txt");
  }

  /**
   * One acknowledged write.
   *
   * @param number its number, counted from 1 without gaps
   * @param at when the client knew
   */
  record Acknowledged(long number, Instant at) {}

  /** Writes nothing any more, whatever is acknowledged from here on. */
  synchronized void close() {
    closed = true;
  }

  synchronized void acknowledge(long number) {
    if (closed) {
      return;
    }
    Instant now = Instant.now();
    long micros = now.getEpochSecond() * MICROS_PER_SECOND + now.getNano() / NANOS_PER_MICRO;
    try {
      Files.writeString(
          file, number + " " + micros + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new LoadFailure("could not write the ledger " + file, e);
    }
  }

  /** The highest acknowledged number, 0 if there is none. */
  long highest() {
    List<Acknowledged> all = read();
    return all.isEmpty() ? 0 : all.get(all.size() - 1).number();
  }

  /** The highest number acknowledged before that time, 0 if there is none. */
  long highestBefore(Instant time) {
    return read().stream()
        .filter(entry -> entry.at().isBefore(time))
        .mapToLong(Acknowledged::number)
        .max()
        .orElse(0);
  }

  private List<Acknowledged> read() {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().map(this::entry).toList()
          : List.of();
    } catch (IOException e) {
      throw new LoadFailure("unreadable ledger " + file, e);
    }
  }

  private Acknowledged entry(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 2) {
      throw new LoadFailure("unreadable line in ledger %s: '%s'".formatted(file, line));
    }
    long micros = Long.parseLong(words[1]);
    Instant at =
        Instant.ofEpochSecond(
            micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND * NANOS_PER_MICRO);
    return new Acknowledged(Long.parseLong(words[0]), at);
  }
}
