package dev.mooring.port;

/**
 * The positions of one standby, as its sender reports them: each as PostgreSQL prints it and only
 * for people, empty if it is not reported.
 *
 * @param sent to it last
 * @param written by it, perhaps not to its disk yet
 * @param flushed to its disk
 * @param replayed by it
 * @param priority among the synchronous standbys: 0 if commits don't wait for it, 1 for each of a
 *     quorum, -1 if it is not reported
 */
public record SenderPositions(
    String sent, String written, String flushed, String replayed, long priority) {

  /** Not reported, as in histories of releases that did not read it. */
  public SenderPositions() {
    this("", "", "", "", -1);
  }
}
