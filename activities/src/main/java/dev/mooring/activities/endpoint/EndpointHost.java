package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Token;
import dev.mooring.port.Call;
import dev.mooring.topology.Host;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Runs scripts about one endpoint on a host. Each endpoint has a directory of its own there, with
 * its own lock and its own record of the highest token: a host may have instances too, and a pause
 * that waits for transactions must not make acts on them wait.
 *
 * @param name of the endpoint
 * @param token sent by calls that change something; none for an observation
 */
record EndpointHost(
    HostShell shell, Duration deadline, Call call, Optional<Token> token, Host host, String name) {
  private static final String DIRECTORY = "/endpoints/";

  /** The script's parts, after which functions are called. */
  interface Calls {
    Script on(Script script);
  }

  /**
   * Runs the script and returns its output about the endpoint.
   *
   * @param what what the script does, for messages
   */
  Said run(String what, List<String> parts, Calls calls) {
    return run(what, parts, Duration.ZERO, calls);
  }

  /** The same, of a script that may wait on the host for so long. */
  Said run(String what, List<String> parts, Duration wait, Calls calls) {
    Script script = Script.of(what + " " + name, EndpointHost.class, parts);
    Host ours = new Host(host.name(), host.access(), host.directory() + DIRECTORY + name);
    if (token.isPresent()) {
      token.get().claim(script, ours, name);
    } else {
      Token.inCluster(script, call, ours);
    }
    Said said = shell.run(host, calls.on(script), deadline.plus(wait)).of(name);
    said.requireDone();
    return said;
  }
}
