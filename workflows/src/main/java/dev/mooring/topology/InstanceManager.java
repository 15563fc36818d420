package dev.mooring.topology;

/**
 * What starts and stops an instance; nothing else may.
 *
 * @param kind the program
 * @param binDirectory where the server programs of this instance's major version are
 */
public record InstanceManager(Kind kind, String binDirectory) {

  /** The programs this version drives. */
  public enum Kind {
    PG_CTL
  }
}
