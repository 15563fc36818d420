package dev.mooring.runbook.resilver;

import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.TakenRight;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the member that accepts writes is the one that the others may be made from. That it
 * accepts writes proves little: an old primary that came back accepts writes too, where the new one
 * is away. The authority files that the moves left, and a newer timeline anywhere, show it.
 *
 * @param primary that accepts writes
 * @param members that answered over SQL
 * @param roles of the members whose hosts answered
 * @param directories that were looked at
 * @param overrides rules that are broken by their names
 */
public record SourceCheck(
    MemberObserved primary,
    List<MemberObserved> members,
    List<InstanceRole> roles,
    List<DirectorySeen> directories,
    List<String> overrides) {
  public SourceCheck {
    members = List.copyOf(members);
    roles = List.copyOf(roles);
    directories = List.copyOf(directories);
    overrides = List.copyOf(overrides);
  }

  /** Continues with the rules that were broken, one sentence each. */
  public Verdict<List<String>> judge() {
    List<String> broken = new ArrayList<>();
    for (SourceRule rule : List.of(SourceRule.OTHER_WRITER, SourceRule.NEWER_TIMELINE)) {
      Optional<String> against = rule == SourceRule.OTHER_WRITER ? otherWriter() : newerTimeline();
      if (against.isPresent() && !overrides.contains(rule.text())) {
        return Verdict.never(
            FailureCode.TWO_PRIMARIES,
            String.format(
                "%s. If %s is the right one all the same, override %s with a reason",
                against.get(), primary.instance(), rule.text()));
      }
      against.ifPresent(why -> broken.add(rule.text() + ": " + why));
    }
    return Verdict.proceed(broken);
  }

  /**
   * Of one move, the old primary's host says that no instance may write, and the new primary's host
   * names the new primary. Patroni moves automatically too: its lock says who leads, and the
   * authority may learn of it later. A later run that made a standby says nothing of the primary.
   */
  private Optional<String> otherWriter() {
    List<Authority> last =
        TakenRight.newestWithoutStandbys(roles).stream()
            .filter(role -> role.hooks().isEmpty())
            .map(InstanceRole::authority)
            .toList();
    String writes = primary.instance().value();
    if (last.isEmpty() || last.stream().anyMatch(one -> one.writer().equals(writes))) {
      return Optional.empty();
    }
    String named =
        last.stream()
            .map(Authority::writer)
            .filter(writer -> !writer.equals(Authority.NOBODY))
            .findFirst()
            .orElse("no instance");
    return Optional.of(
        String.format(
            "%s accepts writes, and since epoch %d (run %s) the authority says that %s may",
            writes, last.get(0).epoch(), last.get(0).run(), named));
  }

  private Optional<String> newerTimeline() {
    TimelineId ours = primary.standing().timeline();
    for (MemberObserved member : members) {
      if (member.standing().timeline().compareTo(ours) > 0) {
        return Optional.of(newer(member.instance(), member.standing().timeline()));
      }
    }
    for (DirectorySeen directory : directories) {
      Optional<TimelineId> there =
          directory.contents().held().stream()
              .flatMap(held -> held.wal().stream())
              .map(wal -> wal.timeline())
              .findFirst();
      if (there.isPresent() && there.get().compareTo(ours) > 0) {
        return Optional.of(newer(directory.instance(), there.get()));
      }
    }
    return roles.stream()
        .filter(role -> role.control().checkpoint().timeline().compareTo(ours) > 0)
        .findFirst()
        .map(role -> newer(role.instance(), role.control().checkpoint().timeline()));
  }

  private String newer(InstanceId member, TimelineId timeline) {
    return String.format(
        "%s accepts writes on timeline %s, and %s is on timeline %s: it was promoted later",
        primary.instance(), primary.standing().timeline(), member, timeline);
  }
}
