package dev.mooring.activities.host;

import dev.mooring.topology.Host;
import java.util.List;

/** The program {@code mooring-guard} on a host, which launchers ask before they start a server. */
public final class StartGuard {
  /** Its text. */
  public static final String TEXT = Script.resource(StartGuard.class, "mooring-guard");

  private StartGuard() {}

  /**
   * Lets a script bring it up to date, after what was called before: every act on a host that sets
   * replication does, but the acts that clients wait for.
   */
  public static void install(Script script, Host host) {
    script.with(StartGuard.class, "guard.sh").call("install_guard", List.of(on(host), TEXT));
  }

  /** Its path on a host. */
  public static String on(Host host) {
    return host.directory() + "/bin/mooring-guard";
  }
}
