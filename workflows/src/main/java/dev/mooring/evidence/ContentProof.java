package dev.mooring.evidence;

import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import java.util.List;

/**
 * What was read in the archive of one content.
 *
 * @param content the content
 * @param recordAt where the restore point's record begins in the decoded bytes
 * @param files the files with the record, with the digests of the decoded bytes
 */
public record ContentProof(ContentId content, Lsn recordAt, List<ArchivedWal> files) {
  public ContentProof {
    files = List.copyOf(files);
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "content " + content + ": a proof names at least one file");
    }
  }
}
