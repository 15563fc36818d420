package dev.mooring.runbook.startprimary;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RunChecks;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What must also be true before a primary starts without a person, after its host started again.
 * None of it can be overridden, and a run that asks for it overrides no other rule.
 */
final class RebootChecks {
  private static final String A_PERSON =
      "if it is to run, a person starts it: `mooring start-primary %s --reason WHY`";

  private static final String HOST_ANSWERS = "automatic-host-answers";

  private RebootChecks() {}

  /** Whether it is wrong because a host was silent, which may be over soon. */
  static boolean isSilence(CheckRow row) {
    return row.rule().equals(StartRule.OTHER_SIDE_SILENT.text()) || row.id().equals(HOST_ANSWERS);
  }

  static List<CheckRow> of(
      Cluster cluster,
      ObservedStart observed,
      StartPrimaryRequest request,
      Observed<Monitoring> monitoring,
      MemberRoles drSites) {
    String person = A_PERSON.formatted(cluster.name());
    List<CheckRow> rows = new ArrayList<>();
    rows.add(request(request, person));
    rows.add(asked(cluster, person));
    rows.add(RunChecks.watched(cluster, monitoring));
    rows.add(rebooted(observed, request.boot(), person));
    cluster.members().stream()
        .filter(member -> observed.all().role(member).isPresent())
        .filter(member -> observed.all().around().surroundings(member).isEmpty())
        .forEach(
            member ->
                rows.add(silent(member.id(), "programs that manage it were not read", person)));
    for (InstanceFailure unread : drSites.unread()) {
      rows.add(silent(unread.instance(), unread.message(), person));
    }
    drSites.roles().forEach(role -> rows.add(notOpened(role, person)));
    return rows;
  }

  private static CheckRow silent(InstanceId id, String why, String person) {
    return CheckRow.wrong(HOST_ANSWERS, id, why, "answers by SSH", person);
  }

  /**
   * One that was opened may have data that the primary lacks, and clients. The control file of a
   * stopped one says nothing: that of a fresh base backup is a primary's.
   */
  private static CheckRow notOpened(InstanceRole role, String person) {
    return CheckRow.must(
        role.process() == ServerProcess.STOPPED ? !role.wouldWrite() : role.standsBy(),
        "automatic-dr-site",
        role.instance(),
        String.format(
            "%s, %s, %s",
            role.process().name().toLowerCase(Locale.ROOT),
            role.control().state(),
            role.start().standbySignal() ? "standby.signal" : "no standby.signal"),
        "standby.signal, and not in production while it runs",
        person);
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
    boolean starts = cluster.streaming().orElseThrow().watchStartsAfterReboot();
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
