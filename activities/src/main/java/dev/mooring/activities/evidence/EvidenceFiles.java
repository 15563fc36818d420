package dev.mooring.activities.evidence;

import java.util.List;

/**
 * The files of one evidence store. A write is seen whole or not at all, also by a reader in another
 * process and after the writer was killed; what a killed writer leaves is never listed.
 */
public interface EvidenceFiles extends EvidenceSource {

  /**
   * Lets the path name these bytes from one moment to the next; they were read back before. Of
   * several writers the last one wins.
   */
  void writeAtomically(String path, byte[] bytes);

  /**
   * Makes a file that isn't there yet, whole at once; its bytes were read back before.
   *
   * @return false when the path names a file already, which stays as it is; of several writers at
   *     exactly one gets true
   */
  boolean createExclusive(String path, byte[] bytes);

  /** The names whose write counted: of several stores, as many as must have a write list them. */
  default List<String> listWritten(String directory) {
    return list(directory);
  }

  /** A sentence for each of several stores that did not do what was asked since the opening. */
  default List<String> lacking() {
    return List.of();
  }

  /** Removes a file; one that isn't there is removed already. */
  void remove(String path);
}
