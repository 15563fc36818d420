package dev.mooring.topology;

/**
 * A machine that runs instances.
 *
 * @param name its name in the cluster file
 * @param access how commands are run on it
 * @param directory Mooring's own directory there, outside every data directory: authority files,
 *     the restore gate, the logs of starts, the markers of runs
 */
public record Host(HostName name, HostAccess access, String directory) {}
