package dev.mooring.activities.archive;

import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.TransactionsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.ArchiveActivities.WantedTransactions;
import dev.mooring.postgres.DistributedTransactions;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The range of WAL behind or before a Greenplum's point that is decoded for its distributed
 * transactions, in the same copies of archived files as the point.
 */
final class ArchivedTransactions {
  private ArchivedTransactions() {}

  /** Adds to the script what to decode; called before the call that reads the point. */
  static void askFor(Script script, WantedPoint wanted) {
    range(wanted)
        .ifPresent(
            range -> {
              WalSegmentSize size = wanted.target().walSegmentSize();
              List<String> words =
                  new ArrayList<>(
                      List.of(
                          wanted.owner().value(),
                          range.from().toString(),
                          range.until().toString()));
              words.addAll(files(wanted.target(), range, size));
              script.call("decode_too", words);
            });
  }

  /** The result; nothing if the point's own bytes were not read. */
  static List<TransactionsArchived> of(WantedPoint wanted, Said said) {
    if (wanted.transactions().isEmpty() || said.optional("records").isEmpty()) {
      return List.of();
    }
    if (range(wanted).isEmpty()) {
      return List.of(TransactionsArchived.read(DistributedTransactions.NONE));
    }
    return List.of(
        said.optional("late")
            .map(file -> TransactionsArchived.late(file.strip()))
            .or(() -> said.optional("undecoded").map(ArchivedTransactions::undecoded))
            .orElseGet(() -> decoded(said.text("transactions"))));
  }

  private static TransactionsArchived undecoded(String why) {
    return TransactionsArchived.unreadable("pg_waldump: " + Said.shorten(why));
  }

  private static TransactionsArchived decoded(String dump) {
    try {
      return TransactionsArchived.read(DistributedTransactions.parse(dump));
    } catch (IllegalArgumentException notUnderstood) {
      return TransactionsArchived.unreadable(
          Said.shorten(String.valueOf(notUnderstood.getMessage())));
    }
  }

  /** The range, unless no record fits into it. */
  static Optional<WantedTransactions> range(WantedPoint wanted) {
    return wanted.transactions().stream()
        .filter(range -> range.until().isAfter(range.from()))
        .findFirst();
  }

  private static List<String> files(
      ContentTarget target, WantedTransactions range, WalSegmentSize size) {
    long first = WalFileName.containing(target.timeline(), range.from(), size).segmentNumber(size);
    long last =
        WalFileName.containingByteBefore(target.timeline(), range.until(), size)
            .segmentNumber(size);
    return LongStream.rangeClosed(first, last)
        .mapToObj(number -> WalFileName.of(target.timeline(), number, size).text())
        .toList();
  }
}
