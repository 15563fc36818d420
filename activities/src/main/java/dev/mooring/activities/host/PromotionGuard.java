package dev.mooring.activities.host;

import dev.mooring.topology.Host;
import java.util.List;

/**
 * The program {@code mooring-patroni} on a host, which Patroni asks before it promotes the member
 * there, and reports each change of its role.
 */
public final class PromotionGuard {
  /** The guard's text. */
  public static final String TEXT = Script.resource(PromotionGuard.class, "mooring-patroni");

  private PromotionGuard() {}

  /** Makes a script bring the guard up to date, after the earlier calls. */
  public static void install(Script script, Host host) {
    script.with(PromotionGuard.class, "guard.sh").call("install_guard", List.of(on(host), TEXT));
  }

  /** The guard's path on a host. */
  public static String on(Host host) {
    return host.directory() + "/bin/mooring-patroni";
  }
}
