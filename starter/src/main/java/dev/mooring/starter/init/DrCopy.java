package dev.mooring.starter.init;

/**
 * A DR copy of a Greenplum's instance, as a first cluster file has it.
 *
 * @param host the address of its host; empty if it is not known
 * @param isLocal whether its host is this machine
 */
public record DrCopy(int content, String host, int port, String dataDirectory, boolean isLocal) {

  /** Its id in the cluster file. */
  public String id() {
    return "west-" + GreenplumInstances.named(content);
  }
}
