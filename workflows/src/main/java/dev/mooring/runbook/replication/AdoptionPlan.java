package dev.mooring.runbook.replication;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.TakenRight;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is recorded so that a cluster whose roles a person changed by hand can be moved, resilvered
 * and set up again: on the host of the member that accepts writes that it may, on every other host
 * that no instance there may, whatever instance it names. If one of them is to change, all that
 * were read get the epoch of the run. Nothing but that is changed, but for the fences: that of the
 * one that accepts writes is removed, and another that is down and would start as a primary is
 * given one.
 *
 * @param writer that accepts writes
 * @param rivals that accept writes beside it, or may, and are fenced before it is recorded
 * @param reported members that were read; none if there is no rival, and neither an authority, nor
 *     Patroni's hooks, nor a fence is to change
 * @param barred those of them whose host says from then on that no instance there may write
 * @param fenced those of them that are down and would start as a primary
 * @param objects what an approval is about, one sentence each, also what could not be seen
 * @param unseen members that were not seen, and why, one sentence each
 */
record AdoptionPlan(
    Instance writer,
    List<Instance> rivals,
    List<Instance> reported,
    List<InstanceId> barred,
    List<InstanceId> fenced,
    List<String> objects,
    List<String> unseen) {
  AdoptionPlan {
    rivals = List.copyOf(rivals);
    reported = List.copyOf(reported);
    barred = List.copyOf(barred);
    fenced = List.copyOf(fenced);
    objects = List.copyOf(objects);
    unseen = List.copyOf(unseen);
  }

  /**
   * Never of another than the one that was asked for, and never beside one that may accept writes
   * and that its host can't be asked to fence.
   */
  static Verdict<AdoptionPlan> judge(
      Cluster cluster, Members members, List<Instance> asked, List<RolesObserved> hosts) {
    Instance writer = members.primary();
    if (!asked.equals(List.of(writer))) {
      return Verdict.never(
          FailureCode.BAD_INPUT,
          String.format(
              "%s accepts writes and can be adopted; asked for was %s",
              writer.id(), asked.stream().map(Instance::id).toList()));
    }
    List<InstanceRole> roles = hosts.stream().flatMap(host -> host.roles().stream()).toList();
    List<InstanceFailure> unseen = new ArrayList<>();
    for (RolesObserved host : hosts) {
      for (InstanceFailure silent : host.failures()) {
        if (silent.instance().equals(writer.id())) {
          return Verdict.never(silent.code(), writer.id() + ": " + silent.message());
        }
        unseen.add(silent);
      }
    }
    RivalWriters others = new RivalWriters(cluster, members, roles, unseen);
    return others
        .against()
        .map(why -> Verdict.<AdoptionPlan>never(why.code(), why.message()))
        .orElseGet(() -> Verdict.proceed(planned(cluster, members, others)));
  }

  /**
   * Why one was not seen differs from one observation to the next, and is no part of the objects.
   */
  private static String unseen(InstanceFailure silent) {
    return String.format(
        "%s: its host was not read and gets no authority file; it may accept writes too (%s)",
        silent.instance(), silent.code());
  }

  /**
   * The authority is recorded on every host that was read: each checks again whether another
   * primary runs there, and refuses what comes late of a run before.
   */
  private static AdoptionPlan planned(Cluster cluster, Members members, RivalWriters rivals) {
    Instance writer = members.primary();
    boolean driven = DrivenFromOutside.is(cluster);
    List<InstanceRole> roles = rivals.roles();
    List<InstanceId> others = rivals.ids();
    List<Instance> reported = new ArrayList<>();
    List<InstanceId> barred = new ArrayList<>();
    List<String> objects = new ArrayList<>();
    boolean news = !others.isEmpty();
    long newest = newest(roles);
    for (Instance member : cluster.members()) {
      for (InstanceRole role : roles) {
        if (role.instance().equals(member.id())) {
          String may = driven ? mayBeLed(writer, role) : mayWrite(cluster, writer, member);
          news |= driven ? isNews(role, may) : isNews(writer, role, may, newest);
          reported.add(member);
          objects.add(driven ? sentence(role, may) : sentence(writer, role, may));
          if (others.contains(role.instance())) {
            objects.add(fenced(cluster, members, role));
          }
          if (may.equals(Authority.NOBODY)) {
            barred.add(member.id());
          }
        }
      }
    }
    if (news) {
      describe(members, rivals, objects);
    } else {
      List.of(reported, barred, objects).forEach(List::clear);
    }
    return new AdoptionPlan(
        writer,
        reported.stream().filter(one -> others.contains(one.id())).toList(),
        reported,
        barred,
        driven ? List.of() : fenced(writer, roles),
        objects,
        rivals.unseen().stream().map(silent -> unseen(silent) + ": " + silent.message()).toList());
  }

  private static long newest(List<InstanceRole> roles) {
    return TakenRight.newestWithoutStandbys(roles).stream()
        .mapToLong(role -> role.authority().epoch())
        .findFirst()
        .orElse(1);
  }

  private static void describe(Members members, RivalWriters rivals, List<String> objects) {
    objects.add(0, first(members));
    unfinished(rivals.roles()).ifPresent(objects::add);
    rivals.unseen().forEach(silent -> objects.add(unseen(silent)));
  }

  private static String first(Members members) {
    return String.format(
        "%s accepts writes on timeline %s, and may",
        members.primary().id(), members.primarySeen().standing().timeline());
  }

  /** A control file may not show the timeline that it was promoted to yet; SQL does. */
  private static String fenced(Cluster cluster, Members members, InstanceRole rival) {
    return String.format(
        "%s accepts writes too, on timeline %s: it is fenced on its host and proved to be stopped"
            + " before %s is recorded. What only it has stays there until"
            + " `mooring resilver %s --instances %s` keeps and lists it",
        rival.instance(),
        members
            .member(rival.instance())
            .map(member -> member.standing().timeline())
            .orElseGet(() -> rival.control().timelineReached()),
        members.primary().id(),
        cluster.name(),
        rival.instance());
  }

  private static List<InstanceId> fenced(Instance writer, List<InstanceRole> roles) {
    return roles.stream()
        .filter(role -> !role.instance().equals(writer.id()) && role.wouldWrite())
        .map(InstanceRole::instance)
        .toList();
  }

  /**
   * Who a member's host is to say may write: the authority is one for all members there. One that
   * names an instance of another host keeps its own from every promotion.
   */
  private static String mayWrite(Cluster cluster, Instance writer, Instance member) {
    boolean beside = new Move(cluster, writer, member).sharesHost();
    return beside ? writer.id().value() : Authority.NOBODY;
  }

  /**
   * The same where Patroni promotes: what was said of another, or never, is left to it in words,
   * because it promotes no member if none is named.
   */
  private static String mayBeLed(Instance writer, InstanceRole role) {
    String named = role.authority().writer();
    if (role.instance().equals(writer.id())) {
      return writer.id().value();
    }
    return named.equals(writer.id().value()) ? named : PatroniHooks.DECIDES;
  }

  /** What Patroni asks there is put there too. */
  private static boolean isNews(InstanceRole role, String may) {
    return !role.authority().writer().equals(may)
        || role.hooks().stream().noneMatch(PatroniHooks::installed);
  }

  private static String sentence(InstanceRole role, String may) {
    return String.format(
        "the host of %s: %s may write, as Patroni asks there before it promotes%s",
        role.instance(),
        may.equals(PatroniHooks.DECIDES) ? "the member that Patroni promotes" : may,
        said(role.authority(), may));
  }

  private static String said(Authority authority, String may) {
    if (authority.writer().equals(may)) {
      return "";
    }
    return authority.writer().isEmpty()
        ? "; it has no record yet"
        : String.format("; it names %s %s", inWords(authority.writer()), since(authority));
  }

  private static String inWords(String writer) {
    return writer.equals(Authority.NOBODY) ? "no instance" : writer;
  }

  /** What a person named since has no epoch: by that of a run before, another may write. */
  private static boolean isNews(Instance writer, InstanceRole role, String may, long newest) {
    boolean own = role.instance().equals(writer.id());
    boolean isSaid =
        own
            ? role.authority().writer().equals(may) && role.authority().epoch() >= newest
            : role.authority().writer().equals(may) || !may.equals(Authority.NOBODY);
    return !isSaid || (own ? role.start().fencedEpoch() != 0 : role.wouldWrite());
  }

  private static String sentence(Instance writer, InstanceRole role, String may) {
    boolean own = role.instance().equals(writer.id());
    Authority authority = role.authority();
    String as = authority.writer().equals(may) ? ", as it says " + since(authority) : "";
    return String.format(
        "the host of %s: %s may write%s%s%s",
        role.instance(), inWords(may), as, said(authority, may), fence(own, role));
  }

  /** The run is named: only its own history shows what a terminated run did. */
  private static String since(Authority authority) {
    return String.format("since epoch %d", authority.epoch())
        + (authority.run().isEmpty() ? "" : " of run " + authority.run());
  }

  /** A run that took the right to write and gave it to no instance, as far as hosts were read. */
  private static Optional<String> unfinished(List<InstanceRole> roles) {
    return TakenRight.of(roles)
        .map(
            one ->
                String.format(
                    "no instance may write %s, and no host that was read names the instance it gave"
                        + " the right to: it did not end",
                    since(one)));
  }

  /**
   * What the newest authority among hosts says while no member accepts writes, one sentence; empty
   * if none says anything.
   */
  static Optional<String> ofNobody(Cluster cluster, List<InstanceRole> roles) {
    List<InstanceRole> last = TakenRight.newest(roles);
    return last.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                "%s. If that run is over, it ended before any instance accepted writes."
                    + " `mooring failover CLUSTER` promotes a standby of %s;"
                    + " a standby that a person promotes by hand is adopted then",
                last.stream().map(role -> ofNobody(role)).collect(Collectors.joining("; ")),
                cluster.name()));
  }

  private static String ofNobody(InstanceRole role) {
    String writer = role.authority().writer();
    return String.format(
        "by the host of %s, on which it is %s%s, %s may write, %s",
        role.instance(),
        role.process(),
        role.start().fencedEpoch() == 0 ? "" : " and fenced",
        inWords(writer),
        since(role.authority()));
  }

  private static String fence(boolean own, InstanceRole role) {
    if (own) {
      return role.start().fencedEpoch() == 0 ? "" : "; its fence is removed";
    }
    return role.wouldWrite()
        ? "; it is down, would start as a primary and is fenced: `mooring resilver` makes it a"
            + " standby"
        : "";
  }
}
