package dev.mooring.topology;

/** What kind of database system a cluster is. */
public enum ClusterKind {
  /** One primary and its standbys; one content, 0. */
  POSTGRES,
  /** Independent PostgreSQL instances moored together; contents 0…N-1. */
  FLEET
}
