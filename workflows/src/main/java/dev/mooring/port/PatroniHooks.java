package dev.mooring.port;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import java.time.Instant;
import java.util.List;

/**
 * The hooks that tie a Patroni's promotions to the authority of its host.
 *
 * @param installed whether mooring-patroni is a program on this host
 * @param configuration the file that Patroni there was started with; empty if none was found that
 *     can be read
 * @param calling the settings by which Patroni calls it: pre_promote, on_start, on_stop,
 *     on_role_change
 * @param last what it was called for last, the latest at the end
 * @param watchdog that Patroni there uses; empty if no configuration was found that can be read
 */
public record PatroniHooks(
    boolean installed,
    String configuration,
    List<String> calling,
    List<RoleReported> last,
    List<PatroniWatchdog> watchdog) {
  /** The word of an authority for it that the member that Patroni promotes may write. */
  public static final String DECIDES = "patroni";

  public PatroniHooks {
    calling = List.copyOf(calling);
    last = List.copyOf(last);
    watchdog = List.copyOf(watchdog);
  }

  /**
   * Whether an authority keeps Patroni from promoting that instance by no word of its own. What
   * Patroni asks there wants a word for it too: a move names its target before it is made.
   */
  public static boolean lets(Authority authority, InstanceId instance) {
    return List.of("", DECIDES, instance.value()).contains(authority.writer());
  }

  /**
   * A call of Patroni's.
   *
   * @param at by the host's clock
   * @param action which of the settings
   * @param role of the server in Patroni's word; of a promotion asked for: let, or refused
   * @param timeline the highest one whose history lies there
   */
  public record RoleReported(Instant at, String action, String role, TimelineId timeline) {}
}
