package dev.mooring.activities.host;

import dev.mooring.topology.Host;
import java.util.List;

/**
 * The program {@code mooring-patroni} on a host, which Patroni asks before it promotes the member
 * there, and reports each change of its role.
 */
public final class PromotionGuard {
  /** Its text. */
  public static final String TEXT = Script.resource(PromotionGuard.class, "mooring-patroni");

  private PromotionGuard() {}

  /** Lets a script bring it up to date, after what was called before. */
  public static void install(Script script, Host host) {
    script.with(PromotionGuard.class, "guard.sh").call("install_guard", List.of(on(host), TEXT));
  }

  /** Its path on a host. */
  public static String on(Host host) {
    return host.directory() + "/bin/mooring-patroni";
  }
}
