package dev.mooring.runbook.check;

import dev.mooring.port.PatroniHooks;
import dev.mooring.port.PatroniWatchdog;
import dev.mooring.port.PatroniWatchdog.Device;
import dev.mooring.port.PatroniWatchdog.Mode;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Instance;
import java.util.List;

/** Whether a leader whose Patroni stands still is stopped, by the watchdog of each member. */
final class WatchdogRows {
  private static final String LIMIT =
      "required, with a device that resets the host: else a leader whose Patroni stands still goes"
          + " on taking writes beside a new one";

  private final List<Instance> members;
  private final Rows rows;

  WatchdogRows(List<Instance> members, Rows rows) {
    this.members = List.copyOf(members);
    this.rows = rows;
  }

  void judge(PatroniStanding standing) {
    for (Instance member : members) {
      String looked = "Patroni: " + member.id() + "'s watchdog";
      standing.hooks(member.id()).stream()
          .map(PatroniHooks::watchdog)
          .flatMap(List::stream)
          .findFirst()
          .ifPresentOrElse(
              watchdog -> seen(looked, watchdog),
              () ->
                  rows.warning(
                      looked,
                      "NOT SEEN: no configuration of its Patroni was found that can be read",
                      LIMIT,
                      "look at watchdog in that configuration"));
    }
  }

  /** One that Patroni leads without, or has none of, stops nobody. */
  private void seen(String looked, PatroniWatchdog watchdog) {
    String seen = watchdog.inWords();
    if (watchdog.stands()) {
      rows.good(looked, seen, LIMIT);
    } else if (watchdog.mode() == Mode.OFF || watchdog.seen() == Device.ABSENT) {
      rows.wrong(looked, seen, LIMIT, "give the host a device, and set watchdog.mode: required");
    } else if (watchdog.seen() == Device.NOT_WRITABLE) {
      rows.warning(looked, seen, LIMIT, "let the account that Patroni runs as write to it");
    } else {
      rows.warning(looked, seen, LIMIT, "set watchdog.mode: required");
    }
  }
}
