package dev.mooring.port;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import java.time.Instant;
import java.util.List;

/**
 * The hooks that tie Patroni's promotions to the authority file of its host.
 *
 * @param installed whether mooring-patroni is installed on this host
 * @param configuration the file that Patroni was started with; empty if no readable one was found
 * @param calling the settings by which Patroni calls it: pre_promote, on_start, on_stop,
 *     on_role_change
 * @param last the last calls, the latest at the end
 * @param watchdog of this Patroni; empty if no readable configuration was found
 */
public record PatroniHooks(
    boolean installed,
    String configuration,
    List<String> calling,
    List<RoleReported> last,
    List<PatroniWatchdog> watchdog) {
  /** The writer in an authority file that leaves the decision to Patroni. */
  public static final String DECIDES = "patroni";

  public PatroniHooks {
    calling = List.copyOf(calling);
    last = List.copyOf(last);
    watchdog = List.copyOf(watchdog);
  }

  /**
   * Whether an authority file does not forbid that instance's promotion. The pre_promote hook also
   * requires an entry: a move names its target before it is made.
   */
  public static boolean lets(Authority authority, InstanceId instance) {
    return List.of("", DECIDES, instance.value()).contains(authority.writer());
  }

  /**
   * A call by Patroni.
   *
   * @param at by the host's clock
   * @param action which of the settings
   * @param role of the server in Patroni's word; for a requested promotion: let, or refused
   * @param timeline the highest one with a history file there
   */
  public record RoleReported(Instant at, String action, String role, TimelineId timeline) {}
}
