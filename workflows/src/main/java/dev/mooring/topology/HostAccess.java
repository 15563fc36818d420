package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;

/**
 * How commands are run on a host: as local processes, or over SSH with a strict known-hosts file.
 *
 * <p>Local access has an address only, that of its databases; its other components are 0 and empty.
 *
 * @param kind local processes or SSH
 * @param address name or address, for SSH and for the databases on this host
 * @param port the SSH server's port
 * @param user the account that owns the data directories
 * @param identityFile path of the private key on the worker's host
 * @param knownHostsFile path of the known-hosts file on the worker's host; an unknown key is
 *     refused
 * @param prefix words before the shell that runs each script there, which enter a container, a zone
 *     or a namespace; empty without one
 */
public record HostAccess(
    Kind kind,
    String address,
    int port,
    String user,
    String identityFile,
    String knownHostsFile,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<String> prefix) {

  public HostAccess {
    prefix = List.copyOf(prefix);
  }

  /** The worker's own machine. */
  public static HostAccess local(String address, List<String> prefix) {
    return new HostAccess(Kind.LOCAL, address, 0, "", "", "", prefix);
  }

  /** The two ways to a host. */
  public enum Kind {
    LOCAL,
    SSH
  }
}
