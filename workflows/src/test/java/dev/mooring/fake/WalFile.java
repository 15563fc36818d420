package dev.mooring.fake;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.Sha256;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.WalFileName;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A WAL file as it was copied somewhere: its records stand for its bytes, and so does its digest.
 *
 * @param name its name
 * @param system the system its page headers name
 * @param bytes its size
 * @param records those that begin in it, in order
 */
record WalFile(WalFileName name, SystemIdentifier system, long bytes, List<WalRecord> records) {
  WalFile {
    records = List.copyOf(records);
  }

  /** The file as evidence names it: equal bytes, equal digest. */
  ArchivedWal archived() {
    return new ArchivedWal(name, bytes, Sha256.of(toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** Cut off after that many bytes. */
  WalFile truncatedTo(long left) {
    return new WalFile(name, system, left, records);
  }

  /** The same name and size with none of the records: what a crash can leave behind. */
  WalFile emptied() {
    return new WalFile(name, system, bytes, List.of());
  }
}
