package dev.mooring.dev.lab;

import java.nio.file.Path;

/**
 * A host of a lab: an address with an SSH server and some instances. It has its own files and the
 * shared ones, not its neighbours' files.
 *
 * @param name its name in the cluster file
 * @param site its site
 * @param address its own, which it shares with no other host
 * @param sshPort where its SSH server listens
 * @param directory the directory of all its files
 */
public record LabHost(String name, String site, String address, int sshPort, Path directory) {

  /** The data directories. */
  public Path data() {
    return directory.resolve("data");
  }

  /** Mooring's own directory on this host. */
  public Path mooring() {
    return directory.resolve("mooring");
  }

  /** Server logs and the SSH server's. */
  public Path logs() {
    return directory.resolve("log");
  }

  /** The directory of opened copies of instances. */
  Path copies() {
    return directory.resolve("copies");
  }

  /** The directory for Debian's /etc/postgresql: configuration, by version and name. */
  Path configurations() {
    return directory.resolve("etc/postgresql");
  }

  Path ssh() {
    return directory.resolve("ssh");
  }

  Path home() {
    return directory.resolve("home");
  }
}
