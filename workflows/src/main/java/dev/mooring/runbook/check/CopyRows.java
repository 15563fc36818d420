package dev.mooring.runbook.check;

import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceFitness;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.VersionRow;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Instance;
import java.util.List;

/**
 * Compares copies with the primaries whose WAL they replay. There is no row if the copy or its
 * primary was not observed: other rows say so.
 */
final class CopyRows {
  private final List<Primary> primaries;
  private final OnHost on;
  private final CheckRows rows;
  private final boolean readable;

  /**
   * @param readable whether the copies are parked readable
   */
  CopyRows(List<Primary> primaries, OnHost on, CheckRows rows, boolean readable) {
    this.primaries = primaries;
    this.readable = readable;
    this.on = on;
    this.rows = rows;
  }

  void judge() {
    for (Instance copy : on.work().instances()) {
      primaries.stream()
          .filter(primary -> primary.instance().content().equals(copy.content()))
          .filter(primary -> !primary.instance().equals(copy))
          .forEach(primary -> judge(copy, primary));
    }
  }

  private void judge(Instance copy, Primary primary) {
    on.host().seen().stream()
        .flatMap(host -> host.observed().stream())
        .filter(seen -> seen.instance().equals(copy.id()))
        .forEach(seen -> rows.add(VersionRow.ofCopy(seen, primary.server())));
    on.fitness().seen().stream()
        .flatMap(host -> host.observed().stream())
        .filter(seen -> seen.instance().equals(copy.id()))
        .forEach(seen -> limits(seen, primary.server()));
  }

  /** A copy parked by shutdown needs none of them. */
  private void limits(InstanceFitness copy, ServerObserved primary) {
    List<String> lower = copy.limits().shortOf(primary.archiving().limits());
    String id = "hot-standby-settings";
    String seen = lower.isEmpty() ? "none is lower" : String.join(", ", lower);
    String limit = "none of the five settings lower than on " + primary.instance();
    if (lower.isEmpty()) {
      rows.good(id, copy.instance(), seen, limit);
    } else if (readable) {
      rows.wrong(id, copy.instance(), seen, limit, FailureCode.SETTINGS_TOO_LOW.hint());
    } else {
      rows.warning(
          id,
          copy.instance(),
          seen,
          limit,
          "raise them there before this copy is read or opened; it is parked without that");
    }
  }
}
