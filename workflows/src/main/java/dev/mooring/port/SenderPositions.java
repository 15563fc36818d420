package dev.mooring.port;

/**
 * How far one standby is, as its sender reports: each as PostgreSQL prints it and for people alone,
 * empty if it is not reported.
 *
 * @param sent to it last
 * @param written by it, perhaps not to its disk yet
 * @param flushed to its disk
 * @param replayed by it
 * @param priority among the standbys that commits wait for: 0 of one that none waits for, 1 of each
 *     of a quorum, -1 if it is not reported
 */
public record SenderPositions(
    String sent, String written, String flushed, String replayed, long priority) {

  /** Not reported: so in histories of releases that did not ask. */
  public SenderPositions() {
    this("", "", "", "", -1);
  }
}
