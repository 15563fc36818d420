package dev.mooring.runbook.startprimary;

import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.members.RoleChangeCommand;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/** The plan of a StartPrimary, in words: the part under its digest, and the rest that is shown. */
final class StartPlan {
  private StartPlan() {}

  /** The roles and the instance to start: nothing that changes by itself. */
  static List<String> objects(Cluster cluster, ObservedStart observed) {
    List<String> objects = new ArrayList<>();
    objects.add(
        String.format(
            "%s: the primary (%s), system %s, timeline %s, is started",
            observed.primary().id(), observed.foundBy(), observed.system(), observed.timeline()));
    for (Instance other : observed.others()) {
      objects.add(String.format("%s: %s, stays as it is", other.id(), observed.kindOf(other)));
    }
    RoleChangeCommand.inWords(cluster).forEach(objects::add);
    objects.add("limits: start " + DurationText.of(StartCalls.UP_WITHIN));
    return objects;
  }
}
