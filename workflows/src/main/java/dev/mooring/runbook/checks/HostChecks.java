package dev.mooring.runbook.checks;

import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.InstanceState;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Instance;
import java.util.Optional;

/** The checks of each member on its host, independent of its server's answer. */
final class HostChecks {
  private static final String HOST_ANSWERS = "host-answers";
  static final String AUTHORITY_FILE = "authority-file";

  private final Move move;
  private final ObservedMembers observed;
  private final CheckRows rows;

  HostChecks(Move move, ObservedMembers observed, CheckRows rows) {
    this.move = move;
    this.observed = observed;
    this.rows = rows;
  }

  /** The host of every member, then whether every sibling answers. */
  void all() {
    move.cluster().members().forEach(this::host);
    move.siblings().forEach(this::sibling);
  }

  private void host(Instance member) {
    Optional<InstanceRole> role = observed.role(member);
    String seen =
        role.map(r -> r.process() + ", " + r.control().state()).orElse(observed.whyUnread(member));
    String limit = "readable, with its authority file";
    if (move.siblings().contains(member)) {
      rows.by(
          PreflightRule.SIBLINGS.text(),
          role.isPresent(),
          HOST_ANSWERS,
          member.id(),
          seen,
          limit,
          "make its host reachable from the worker of its site; to move without it, verify by other"
              + " means that it does not accept writes");
    } else {
      rows.must(
          role.isPresent(),
          HOST_ANSWERS,
          member.id(),
          seen,
          limit,
          "make its host reachable from the worker of its site; a state that can't be read stops a"
              + " move");
    }
    role.ifPresent(known -> judged(member, known));
  }

  private void judged(Instance member, InstanceRole role) {
    if (member.equals(move.from())) {
      writer(role.authority());
    } else {
      standby(role);
    }
    rows.must(
        role.start().fencedEpoch() == 0,
        "fence",
        role.instance(),
        role.start().fencedEpoch() == 0 ? "none" : "epoch " + role.start().fencedEpoch(),
        "none",
        "an earlier move left it fenced: resilver it first");
  }

  /** The authority file allows the primary to write, or no run has ever moved it. */
  private void writer(Authority authority) {
    String own = move.from().id().value();
    rows.by(
        PreflightRule.AUTHORITY.text(),
        PatroniHooks.lets(authority, move.from().id()),
        AUTHORITY_FILE,
        own,
        inWords(authority),
        "no other writer than " + own,
        "a run that moved it did not end, or it was promoted by hand: find out which");
  }

  static String inWords(Authority authority) {
    if (authority.writer().isEmpty()) {
      return "nothing was moved yet";
    }
    return String.format(
        "writer %s, by run %s in epoch %d",
        authority.writer().equals(Authority.NOBODY) ? "none" : authority.writer(),
        authority.run(),
        authority.epoch());
  }

  /** A standby that does not answer over SQL must not accept writes either. */
  private void standby(InstanceRole role) {
    boolean writes =
        role.process() != ServerProcess.STOPPED
            && role.control().state() == InstanceState.IN_PRODUCTION;
    rows.must(
        !writes,
        "control-state",
        role.instance(),
        role.control().state() + ", " + role.process(),
        "no server in production beside " + move.from().id(),
        "a person or another run promoted it: find out who wrote there, and resilver it");
    if (!role.hooks().isEmpty()) {
      // the file may still name the leader that Patroni allowed last: its lock names the leader
      return;
    }
    boolean named = role.authority().writer().equals(role.instance().value());
    if (!named && role.instance().equals(move.to().id())) {
      rows.add(TargetAuthorityRow.of(move, role));
      return;
    }
    rows.must(
        !named,
        AUTHORITY_FILE,
        role.instance(),
        inWords(role.authority()),
        "not to name it beside " + move.from().id(),
        "a run gave it the right to write: find out how that run ended, and resilver it");
  }

  private void sibling(Instance sibling) {
    boolean seen = observed.answers(sibling);
    String answer = seen ? "yes" : observed.whySilent(sibling);
    if (move.detached().contains(sibling)) {
      rows.good(Preflight.ANSWERS, sibling.id(), answer, "any: it is detached for the move");
      return;
    }
    rows.by(
        PreflightRule.SIBLINGS.text(),
        seen,
        Preflight.ANSWERS,
        sibling.id(),
        answer,
        "yes: it has to follow the new primary",
        "fix it, or move without it: it is resilvered afterwards");
  }
}
