package dev.mooring.evidence;

import dev.mooring.topology.ContentId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/**
 * How a point's WAL reached the archive, for the person who reads the manifest: nothing is
 * concluded from it.
 *
 * @param contents one per content, by content id
 * @param waiting the wait for the archive
 */
public record ArchiveEvidence(List<ContentArchive> contents, Waiting waiting) {
  public ArchiveEvidence {
    contents = contents.stream().sorted(Comparator.comparing(ContentArchive::content)).toList();
  }

  /**
   * The archive of one content.
   *
   * @param content the content
   * @param directory as the publishing site sees it
   * @param archiver the pg_stat_archiver of the owning instance
   */
  public record ContentArchive(ContentId content, String directory, Archiver archiver) {}

  /**
   * The archive wait, in whole seconds as the reference tool counts them.
   *
   * @param atMost its limit
   * @param poll the poll interval of the policy
   * @param waited how long it lasted
   * @param endedAt when it ended by workflow time; before the wait, when the manifest was created
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
