package dev.mooring.runbook.startprimary;

import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.members.RoleChangeCommand;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/** What a StartPrimary means to do, in words: what its digest covers, and what is shown beside. */
final class StartPlan {
  private StartPlan() {}

  /** Who is what and what is started: nothing that changes by itself. */
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
