package dev.mooring.topology;

import java.time.Duration;

/**
 * How restore points are published.
 *
 * @param site the site whose primaries are published
 * @param every the schedule's interval
 * @param archive how the archived WAL is waited for and proved
 * @param switchWal whether the WAL file is ended right after the point
 * @param checkpointBeforePoint what is done so that consuming replays less
 * @param barrier what makes the cut consistent over a fleet
 */
public record PublishPolicy(
    SiteName site,
    Duration every,
    ArchiveWait archive,
    boolean switchWal,
    CheckpointBeforePoint checkpointBeforePoint,
    Barrier barrier) {
  /** How many intervals old a restore point, or the point of a proof, may be. */
  public static final int LATE = 2;

  /** What is done before a point so that consuming it replays less. */
  public enum CheckpointBeforePoint {
    NEVER,
    /** A CHECKPOINT paced by the server: {@code CHECKPOINT (MODE SPREAD)} or its equivalent. */
    SPREAD,
    /** A CHECKPOINT at full speed. */
    IMMEDIATE
  }

  /**
   * The archive wait.
   *
   * @param atMost how long one publish waits for its files (30 s unless set)
   * @param poll accepted for compatibility with the reference tool's configuration; waits are by
   *     event
   * @param proof what READY demands of the archived bytes
   */
  public record ArchiveWait(Duration atMost, Duration poll, ArchiveProof proof) {}

  /** The proof that READY demands. */
  public enum ArchiveProof {
    /** The archived bytes decode to the restore point. */
    BYTES,
    /** If no bytes can be read, the files' presence is enough, and the manifest says so. */
    PRESENCE
  }
}
