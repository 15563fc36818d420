package dev.mooring.topology;

/** What kind of database system a cluster is. */
public enum ClusterKind {
  /** One primary and its standbys; one content, 0. */
  POSTGRES,
  /** Independent PostgreSQL instances moored together; contents 0…N-1. */
  FLEET,
  /**
   * One MPP database of the Greenplum family (Greenplum 7, WarehousePG 7, Cloudberry): the
   * coordinator, content -1, and its segments, 0…N-1.
   */
  GREENPLUM
}
