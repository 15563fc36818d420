package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.Locale;

/**
 * One postmaster with its data directory, as the cluster file names it.
 *
 * @param id its name
 * @param site where it runs
 * @param content which part of the data it holds
 * @param host the machine
 * @param port the port its postmaster listens on
 * @param dataDirectory absolute path on its host
 * @param manager what starts and stops it
 * @param dbid of a Greenplum, its number in the catalogue, distinct over all sites; else 0
 * @param mirror of a Greenplum, whether it is configured as its content's mirror, or as the standby
 *     coordinator. Which of the two is the primary now is in its catalogue.
 * @param upstream of a standby that streams, the instance it streams from, or {@code archive} if it
 *     replays from the archive alone; empty if it streams from the primary
 */
public record Instance(
    InstanceId id,
    SiteName site,
    ContentId content,
    HostName host,
    int port,
    String dataDirectory,
    InstanceManager manager,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int dbid,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean mirror,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        String upstream) {
  /** The upstream of a standby that is fed by the archive alone. */
  public static final String ARCHIVE = "archive";

  /** An instance of a cluster that is no Greenplum. */
  public Instance(
      InstanceId id,
      SiteName site,
      ContentId content,
      HostName host,
      int port,
      String dataDirectory,
      InstanceManager manager) {
    this(id, site, content, host, port, dataDirectory, manager, 0, false, "");
  }

  /**
   * An id as the name of a slot and as application_name, for {@link Cluster#replicationNames} and
   * the cluster file alone: {@code _} for characters that a slot's name may not hold (a-z, 0-9 and
   * _: PostgreSQL's slot.c, ReplicationSlotValidateName).
   */
  public static String replicationName(String id) {
    return id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
  }
}
