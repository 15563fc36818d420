package dev.mooring.runbook.resilver;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;

/**
 * Whether the primary that instances were made from is still the one, asked while no lock keeps
 * others from moving it. A silent member does not show that it moved: only who accepts writes, its
 * timeline, and an authority that another run has changed since.
 *
 * @param then the primary, as the instances were made from it
 * @param authorities of the hosts, then
 * @param run that asks; what it changed itself is no move
 */
record StillPrimary(MemberObserved then, List<InstanceRole> authorities, String run) {
  StillPrimary {
    authorities = List.copyOf(authorities);
  }

  /** Proceeds if nothing shows that it moved. */
  Verdict<InstanceId> judge(List<MemberObserved> members, List<InstanceRole> roles) {
    InstanceId primary = then.instance();
    List<InstanceId> others =
        MemberObservations.writers(members).stream()
            .filter(writer -> !writer.equals(primary))
            .toList();
    if (!others.isEmpty()) {
      return moved(String.format("%s accepts writes by now, it was %s", others, primary));
    }
    Optional<MemberObserved> now =
        members.stream().filter(member -> member.instance().equals(primary)).findFirst();
    if (now.isPresent() && now.get().standing().inRecovery()) {
      return moved(primary + " accepts no writes any more");
    }
    if (now.isPresent() && !now.get().standing().timeline().equals(then.standing().timeline())) {
      return moved(
          String.format(
              "%s is on timeline %s by now, it was on %s",
              primary, now.get().standing().timeline(), then.standing().timeline()));
    }
    return changed(roles)
        .map(
            by ->
                StillPrimary.<InstanceId>moved(
                    String.format(
                        "run %s changed the right to write in epoch %d: %s",
                        by.run(), by.epoch(), by.writer())))
        .orElseGet(() -> Verdict.proceed(primary));
  }

  private Optional<Authority> changed(List<InstanceRole> roles) {
    long newest = authorities.stream().mapToLong(one -> one.authority().epoch()).max().orElse(0);
    return roles.stream()
        .map(InstanceRole::authority)
        .filter(authority -> authority.epoch() > newest && !authority.run().equals(run))
        .findFirst();
  }

  private static <T> Verdict<T> moved(String how) {
    return Verdict.never(
        FailureCode.PLAN_CHANGED,
        "the primary was moved while instances caught up with it: "
            + how
            + "; find the primary with `mooring status`, and plan again");
  }
}
