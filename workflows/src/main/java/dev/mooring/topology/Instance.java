package dev.mooring.topology;

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
 */
public record Instance(
    InstanceId id,
    SiteName site,
    ContentId content,
    HostName host,
    int port,
    String dataDirectory,
    InstanceManager manager) {}
