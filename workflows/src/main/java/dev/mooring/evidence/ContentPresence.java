package dev.mooring.evidence;

import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import java.util.List;

/**
 * A content whose files are present in the archive but unread.
 *
 * @param content the content
 * @param files the files that should hold the record
 * @param notProved what was not proved and why
 */
public record ContentPresence(ContentId content, List<WalFileName> files, String notProved) {
  public ContentPresence {
    files = List.copyOf(files);
    if (files.isEmpty() || notProved.isEmpty()) {
      throw new IllegalArgumentException(
          "content " + content + ": presence names at least one file and what was not proved");
    }
  }
}
