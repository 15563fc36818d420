package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;

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
 * @param dbid of a Greenplum, the number its catalogue knows it by, distinct over all sites; else 0
 * @param mirror of a Greenplum, whether it is set up to stand by for its content's primary: a
 *     mirror, or the standby coordinator. Which of the two is the primary now, its catalogue says.
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
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean mirror) {

  /** An instance of a cluster that is no Greenplum. */
  public Instance(
      InstanceId id,
      SiteName site,
      ContentId content,
      HostName host,
      int port,
      String dataDirectory,
      InstanceManager manager) {
    this(id, site, content, host, port, dataDirectory, manager, 0, false);
  }
}
