package dev.mooring.dev.lab;

import java.nio.file.Path;

/**
 * One PostgreSQL server of a lab.
 *
 * @param id its name in the cluster file
 * @param site where it runs
 * @param content which part of the data it holds
 * @param host the host it runs on
 * @param port where it listens, on the host's address
 * @param dataDirectory its data directory
 */
public record LabInstance(
    String id, String site, int content, LabHost host, int port, Path dataDirectory) {

  /** Whether it is the mirror of its content's primary, in a {@code greenplum-like} lab. */
  public boolean isMirror() {
    return id.endsWith(Layout.MIRROR);
  }

  /** The server log when the lab starts it. */
  public Path log() {
    return host.logs().resolve(id + ".log");
  }
}
