package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What starts and stops an instance; nothing else may.
 *
 * @param kind the program
 * @param binDirectory where the server programs of this instance's major version are
 */
public record InstanceManager(Kind kind, String binDirectory) {

  /** Whether it runs one instance of a Greenplum, whose servers have rules of their own. */
  @JsonIgnore
  public boolean isGreenplum() {
    return kind == Kind.GREENPLUM;
  }

  /** Whether Patroni runs it: a promotion, start or stop beside Patroni fights Patroni. */
  @JsonIgnore
  public boolean isPatroni() {
    return kind == Kind.PATRONI;
  }

  /** The programs this version drives. */
  public enum Kind {
    PG_CTL,
    /** Patroni, which alone starts, stops and promotes the servers of its cluster. */
    PATRONI,
    /** The server programs of a Greenplum: {@code bin} of its GPHOME, with its environment. */
    GREENPLUM
  }
}
