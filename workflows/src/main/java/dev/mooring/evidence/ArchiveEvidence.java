package dev.mooring.evidence;

import dev.mooring.topology.ContentId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/**
 * How a point's WAL came into the archive, for the person who reads the manifest: nothing is
 * concluded from it.
 *
 * @param contents one per content, by content id
 * @param waiting how long the archive was waited for
 */
public record ArchiveEvidence(List<ContentArchive> contents, Waiting waiting) {
  public ArchiveEvidence {
    contents = contents.stream().sorted(Comparator.comparing(ContentArchive::content)).toList();
  }

  /**
   * The archive of one content.
   *
   * @param content which part of the data
   * @param directory where the publishing site sees it
   * @param archiver what the owning instance's archiver said
   */
  public record ContentArchive(ContentId content, String directory, Archiver archiver) {}

  /**
   * The archive wait, in whole seconds as the reference tool counts them.
   *
   * @param atMost how long it was allowed to last
   * @param poll the poll interval the policy names
   * @param waited how long it lasted
   * @param endedAt when it ended by workflow time; before the wait, when the manifest was made
   */
  public record Waiting(Duration atMost, Duration poll, Duration waited, Instant endedAt) {
    public Waiting {
      atMost = atMost.truncatedTo(ChronoUnit.SECONDS);
      poll = poll.truncatedTo(ChronoUnit.SECONDS);
      waited = waited.truncatedTo(ChronoUnit.SECONDS);
      endedAt = endedAt.truncatedTo(ChronoUnit.SECONDS);
    }
  }
}
