package dev.mooring.activities.evidence;

import java.util.List;
import java.util.Optional;

/**
 * The files of one evidence store. Paths are relative to its root, with {@code /} between their
 * parts. A write is seen whole or not at all, also by a reader in another process and after the
 * writer was killed; what a killed writer leaves is never listed.
 *
 * <p>A store whose root is not there is unreadable, never empty. Every failure is an {@code
 * ApplicationFailure} whose type is a {@link dev.mooring.port.FailureCode}.
 */
public interface EvidenceFiles extends AutoCloseable {

  /** How messages and receipts call a path: with the place the store is at. */
  String where(String path);

  /**
   * The names in a directory, in no order; a directory not made yet has none. Nothing but the names
   * is looked at, since there may be years of them.
   */
  List<String> list(String directory);

  /** The bytes of a file, or nothing when there is none. */
  Optional<byte[]> read(String path);

  /**
   * Lets the path name these bytes from one moment to the next; they were read back before. Of
   * several writers the last one wins.
   */
  void writeAtomically(String path, byte[] bytes);

  /**
   * Makes a file that isn't there yet, whole at once; its bytes were read back before.
   *
   * @return false when the path names a file already, which stays as it is; of several writers at
   *     once exactly one is told true
   */
  boolean createExclusive(String path, byte[] bytes);

  /** Removes a file; one that isn't there is removed already. */
  void remove(String path);

  @Override
  void close();
}
