package dev.mooring.activities.evidence;

import java.util.List;
import java.util.Optional;

/**
 * The files of one evidence store for its readers. Paths are relative to its root, with {@code /}
 * between their parts.
 *
 * <p>A store whose root does not exist is unreadable, never empty. Every failure is an {@code
 * ApplicationFailure} whose type is a {@link dev.mooring.port.FailureCode}.
 */
public interface EvidenceSource extends AutoCloseable {

  /** How messages and receipts call a path: with the place the store is at. */
  String where(String path);

  /**
   * The names in a directory, in no order; a missing directory has none. Only the names are read,
   * since there may be years of them.
   */
  List<String> list(String directory);

  /**
   * The bytes of a file, or nothing when there is none. Of a file with more than {@link
   * EvidencePaths#bytesAtMost} there are a few more bytes than that, which nobody takes for a
   * document: it is broken alone, and the store is not.
   */
  Optional<byte[]> read(String path);

  /**
   * The bytes of a file that another document names. If a store shows some writes before others, it
   * is read again for a while.
   */
  default Optional<byte[]> readNamed(String path) {
    return read(path);
  }

  @Override
  void close();
}
