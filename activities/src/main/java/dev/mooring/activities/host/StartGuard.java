package dev.mooring.activities.host;

import dev.mooring.topology.Host;
import java.util.List;

/** The program {@code mooring-guard} on a host, which launchers ask before they start a server. */
public final class StartGuard {
  /** The guard's text. */
  public static final String TEXT = Script.resource(StartGuard.class, "mooring-guard");

  private StartGuard() {}

  /**
   * Makes a script bring the guard up to date, after the earlier calls: every act on a host that
   * sets replication does so, except the acts that clients wait for.
   */
  public static void install(Script script, Host host) {
    script.with(StartGuard.class, "guard.sh").call("install_guard", List.of(on(host), TEXT));
  }

  /** The guard's path on a host. */
  public static String on(Host host) {
    return host.directory() + "/bin/mooring-guard";
  }
}
