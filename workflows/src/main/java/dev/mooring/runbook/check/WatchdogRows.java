package dev.mooring.runbook.check;

import dev.mooring.port.PatroniHooks;
import dev.mooring.port.PatroniWatchdog;
import dev.mooring.port.PatroniWatchdog.Device;
import dev.mooring.port.PatroniWatchdog.Mode;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;

/** Whether the watchdog of each member stops a leader whose Patroni hangs. */
final class WatchdogRows {
  private static final String ID = "watchdog";
  private static final String LIMIT =
      "required, with a device that resets the host: else a leader whose Patroni hangs still"
          + " accepts writes beside a new leader";

  private final List<Instance> members;
  private final CheckRows rows;

  WatchdogRows(List<Instance> members, CheckRows rows) {
    this.members = List.copyOf(members);
    this.rows = rows;
  }

  void judge(PatroniStanding standing) {
    for (Instance member : members) {
      InstanceId of = member.id();
      standing.hooks(of).stream()
          .map(PatroniHooks::watchdog)
          .flatMap(List::stream)
          .findFirst()
          .ifPresentOrElse(
              watchdog -> seen(of, watchdog),
              () ->
                  rows.warning(
                      ID,
                      of,
                      "UNKNOWN: no readable configuration of its Patroni was found",
                      LIMIT,
                      "look at watchdog in that configuration"));
    }
  }

  /** Without a required watchdog, or without a device, a leader is not certain to be stopped. */
  private void seen(InstanceId of, PatroniWatchdog watchdog) {
    String seen = watchdog.inWords();
    if (watchdog.stands()) {
      rows.good(ID, of, seen, LIMIT);
    } else if (watchdog.mode() == Mode.OFF || watchdog.seen() == Device.ABSENT) {
      rows.wrong(ID, of, seen, LIMIT, "give the host a device, and set watchdog.mode: required");
    } else if (watchdog.seen() == Device.NOT_WRITABLE) {
      rows.warning(ID, of, seen, LIMIT, "give the account that Patroni runs as write access to it");
    } else {
      rows.warning(ID, of, seen, LIMIT, "set watchdog.mode: required");
    }
  }
}
