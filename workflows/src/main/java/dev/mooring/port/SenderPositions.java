package dev.mooring.port;

/**
 * How far one who streams is, as its sender tells: each as PostgreSQL prints it and for people
 * alone, empty where it is not told.
 *
 * @param sent to it last
 * @param written by it, perhaps not to its disk yet
 * @param flushed to its disk
 * @param replayed by it
 * @param priority among those that commits wait for: 0 of one that none waits for, 1 of each of a
 *     quorum, -1 where it is not told
 */
public record SenderPositions(
    String sent, String written, String flushed, String replayed, long priority) {

  /** Not told: so in histories of releases that did not ask. */
  public SenderPositions() {
    this("", "", "", "", -1);
  }
}
