package dev.mooring.runbook.checks;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.members.HandProcedure;
import dev.mooring.runbook.members.Move;

/**
 * Whether the authority file of the target's host permits the promotion: it names no instance, or
 * the target. On the old primary's host it may name that one, because the fence revokes it first.
 */
public final class TargetAuthorityRow {
  private TargetAuthorityRow() {}

  /** The row of a move that names the target in its file only once it promotes it. */
  public static CheckRow of(Move move, InstanceRole target) {
    String named = target.authority().writer();
    return CheckRow.must(
        named.isEmpty()
            || named.equals(Authority.NOBODY)
            || named.equals(target.instance().value())
            || (move.sharesHost() && named.equals(move.from().id().value())),
        HostChecks.AUTHORITY_FILE,
        target.instance(),
        HostChecks.inWords(target.authority()),
        "no other instance than " + target.instance(),
        String.format(
            "a procedure by hand named it there. If a member accepts writes:"
                + " `mooring adopt %s INSTANCE --reason WHY` with that member; otherwise make"
                + " sure that %s can't write, then %s",
            move.cluster().name(), named, new HandProcedure(move).namingNobody(move.to())));
  }
}
