package dev.mooring.runbook.startprimary;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RunChecks;
import dev.mooring.topology.Cluster;
import java.util.List;

/**
 * What must also be true before a primary starts without a person, after its host started again.
 * None of it can be overridden, and a run that asks for it overrides no other rule.
 */
final class RebootChecks {
  private static final String A_PERSON =
      "if it is to run, a person starts it: `mooring start-primary %s --reason WHY`";

  private RebootChecks() {}

  static List<CheckRow> of(
      Cluster cluster,
      ObservedStart observed,
      StartPrimaryRequest request,
      Observed<Monitoring> monitoring) {
    String person = A_PERSON.formatted(cluster.name());
    return List.of(
        request(request, person),
        asked(cluster, person),
        RunChecks.watched(cluster, monitoring),
        rebooted(observed, request.boot(), person));
  }

  private static CheckRow request(StartPrimaryRequest request, String person) {
    return CheckRow.must(
        !request.isByPersonOrHook(),
        "automatic-request",
        "",
        request.inWords() + ", by " + request.by(),
        "without an instance, a digest and an override, and from no hook",
        person);
  }

  private static CheckRow asked(Cluster cluster, String person) {
    boolean starts = cluster.streaming().orElseThrow().watch().startsAfterReboot();
    return CheckRow.must(
        starts,
        "automatic-setting",
        "",
        starts ? "auto" : "ask",
        "guard.startAfterReboot: auto",
        person);
  }

  /** The host shows no new boot once the instance was named in it, or if no guard waits in it. */
  private static CheckRow rebooted(ObservedStart observed, String boot, String person) {
    Authority authority = observed.role().authority();
    String id = observed.primary().id().value();
    return CheckRow.must(
        authority.writer().equals(id) && authority.newBoot().equals(boot),
        "automatic-boot",
        id,
        authority.newBoot().isEmpty()
            ? "no start guard waits in a new boot of its host"
            : "its start guard waits in boot " + authority.newBoot(),
        "its start guard waits in boot " + boot,
        person);
  }
}
