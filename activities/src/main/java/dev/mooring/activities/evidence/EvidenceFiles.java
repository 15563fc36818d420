package dev.mooring.activities.evidence;

import java.util.List;

/**
 * The files of one evidence store. A write is visible whole or not at all, also to a reader in
 * another process and after the writer was killed; what a killed writer leaves is never listed.
 */
public interface EvidenceFiles extends EvidenceSource {

  /**
   * Makes the path name these bytes atomically; they were read back before. Of several writers the
   * last one wins.
   */
  void writeAtomically(String path, byte[] bytes);

  /**
   * Creates a file that isn't there yet, whole at once; its bytes were read back before.
   *
   * @return false if the path names a file already, which stays as it is; of several writers
   *     exactly one gets true
   */
  boolean createExclusive(String path, byte[] bytes);

  /** The names whose write counted: of several stores, as many list them as must have a write. */
  default List<String> listWritten(String directory) {
    return list(directory);
  }

  /** A sentence for each of several stores that failed since the opening. */
  default List<String> lacking() {
    return List.of();
  }

  /** Removes a file; does nothing if there is none. */
  void remove(String path);
}
