package dev.mooring.runbook.startprimary;

import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.SurroundingsChecks;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What must be true before a stopped primary starts, row by row: first its own state, then what the
 * other side shows. Databases may be down there; hosts must answer.
 */
final class StartChecks {
  private final StartPrimaryRequest request;
  private final ObservedStart observed;
  private final InstanceRole role;
  private final String id;

  private StartChecks(StartPrimaryRequest request, ObservedStart observed) {
    this.request = request;
    this.observed = observed;
    this.role = observed.role();
    this.id = observed.primary().id().value();
  }

  static List<CheckRow> of(StartPrimaryRequest request, ObservedStart observed) {
    StartChecks checks = new StartChecks(request, observed);
    List<CheckRow> rows = new ArrayList<>();
    rows.add(checks.stopped());
    rows.add(checks.configured());
    rows.add(checks.notFenced());
    rows.add(checks.mayWrite());
    rows.add(checks.nobodyWrites());
    for (Instance other : observed.others()) {
      observed
          .all()
          .role(other)
          .ifPresentOrElse(
              seen -> {
                rows.add(checks.standby(other, seen));
                rows.add(checks.notNewer(other, seen));
              },
              () -> rows.add(checks.silent(other)));
    }
    rows.add(checks.oneStandby());
    rows.addAll(
        SurroundingsChecks.otherManagers(
            StartRule.OTHER_MANAGERS.text(),
            request.overrides(StartRule.OTHER_MANAGERS),
            Stream.concat(Stream.of(observed.primary()), observed.others().stream()).toList(),
            observed.all()));
    return rows;
  }

  private CheckRow by(
      StartRule rule,
      boolean holds,
      String rowId,
      Object subject,
      String seen,
      String limit,
      String remedy) {
    return CheckRow.by(
        rule.text(), request.overrides(rule), holds, rowId, subject, seen, limit, remedy);
  }

  private CheckRow stopped() {
    return CheckRow.must(
        role.process() == ServerProcess.STOPPED,
        "server-process",
        id,
        role.process().name().toLowerCase(Locale.ROOT),
        "stopped",
        role.process() == ServerProcess.RUNNING
            ? "there is nothing to start: `mooring status` shows the cluster"
            : "processes of its server outlived the postmaster: end them on "
                + observed.primary().host());
  }

  private CheckRow configured() {
    boolean standby = role.start().standbySignal();
    boolean recovery = role.start().recoverySignal();
    return CheckRow.must(
        !standby && !recovery,
        "next-start",
        id,
        standby ? "a standby's" : recovery ? "a recovery" : "a primary's",
        "a primary's",
        "a standby is started by its launcher; a standby that is to become the primary is promoted"
            + " by `mooring failover`");
  }

  private CheckRow notFenced() {
    long fenced = role.start().fencedEpoch();
    return CheckRow.must(
        fenced == 0,
        "fence",
        id,
        fenced == 0 ? "none" : "fenced in epoch " + fenced,
        "none",
        "the right to write was taken from it: `mooring resilver` makes it a standby");
  }

  private CheckRow mayWrite() {
    Authority authority = role.authority();
    return CheckRow.must(
        authority.writer().isEmpty() || authority.writer().equals(id),
        "authority-file",
        id,
        authority.writer().isEmpty() ? "no instance was named yet" : words(authority),
        id + ", or no instance named yet, on " + observed.primary().host(),
        "it lost the right to write: start the instance that has it, or `mooring failover`");
  }

  private static String words(Authority authority) {
    return (authority.writer().equals(Authority.NOBODY) ? "none" : authority.writer())
        + ", since epoch "
        + authority.epoch();
  }

  private CheckRow nobodyWrites() {
    List<String> writing =
        observed.others().stream().filter(this::runsAsPrimary).map(o -> o.id().value()).toList();
    return CheckRow.must(
        writing.isEmpty(),
        "other-writers",
        "",
        writing.isEmpty() ? "none" : String.join(", ", writing),
        "none beside " + id,
        "there is a primary: `mooring resilver` makes " + id + " a standby of it");
  }

  /** Whether it reports that it accepts writes, or has processes that may, and is no standby. */
  private boolean runsAsPrimary(Instance other) {
    Optional<InstanceRole> seen = observed.all().role(other);
    return observed.all().member(other).filter(m -> !m.standing().inRecovery()).isPresent()
        || seen.filter(one -> one.process() != ServerProcess.STOPPED && !one.standsBy())
            .isPresent();
  }

  private CheckRow silent(Instance other) {
    return by(
        StartRule.OTHER_SIDE_SILENT,
        false,
        "host-answers",
        other.id(),
        observed.whyUnread(other),
        "answers by SSH",
        "it may have been promoted since "
            + id
            + " ended, and have what "
            + id
            + " has not: let "
            + other.host()
            + " answer; or override the rule once it is known that it was not");
  }

  /** A fenced one can't start as a primary either, and is no standby. */
  private CheckRow standby(Instance other, InstanceRole seen) {
    return by(
        StartRule.OTHER_SIDE_NO_STANDBY,
        observed.isStandby(seen) || ObservedStart.isFenced(seen) || runsAsPrimary(other),
        "standby",
        other.id(),
        observed.stands(seen, other),
        "configured as a standby of " + id + "'s system, or fenced",
        "it would start as a primary too: find out which of the two is the right one, and make the"
            + " other a standby by `mooring resilver` once the right one runs");
  }

  /** A member that was a primary later, or follows one that was, has data this primary lacks. */
  private CheckRow notNewer(Instance other, InstanceRole seen) {
    boolean newer =
        seen.control().systemIdentifier().equals(observed.system())
            && observed.timelineOf(seen).value() > observed.timeline().value();
    Optional<String> later = LaterPrimary.shownBy(observed, seen);
    return CheckRow.must(
        !newer && later.isEmpty(),
        "later-primary",
        other.id(),
        String.format(
            "timeline %s, epoch %d%s",
            observed.timelineOf(seen),
            seen.authority().epoch(),
            later.map(w -> ", " + w).orElse("")),
        String.format(
            "at most timeline %s, epoch %d, those of %s",
            observed.timeline(), role.authority().epoch(), id),
        "there was a primary after "
            + id
            + ", and what it acknowledged is not on "
            + id
            + ": start that one, or promote a standby that has it by `mooring failover`");
  }

  private CheckRow oneStandby() {
    List<String> standbys =
        observed.others().stream()
            .filter(other -> observed.all().role(other).filter(observed::isStandby).isPresent())
            .map(other -> other.id().value())
            .toList();
    boolean silent = observed.others().stream().anyMatch(o -> observed.all().role(o).isEmpty());
    return by(
        silent ? StartRule.OTHER_SIDE_SILENT : StartRule.OTHER_SIDE_NO_STANDBY,
        !standbys.isEmpty(),
        "standbys",
        "",
        standbys.isEmpty() ? "none" : String.join(", ", standbys),
        "at least one of " + id + ", running or not, whose host answers",
        "no host shows that " + id + " is still the primary");
  }
}
