package dev.mooring.runbook.resilver;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.CopyActivities.DirectoriesObserved;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.CopyActivities.ObserveDirectories;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.RoleActivities.Configuration;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.runbook.ArchiveObservations;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.PrimaryCheckpoint;
import dev.mooring.runbook.ReplayLimits;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.NextStartRow;
import dev.mooring.runbook.checks.SurroundingsChecks;
import dev.mooring.runbook.members.MemberAnswers;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.SurroundingsObservations;
import dev.mooring.runbook.resilver.Members.Outdated;
import dev.mooring.runbook.resilver.RejoinChoice.Rated;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Source;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Target;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a cluster and rates its outdated instances: twice in a run, before and under the lock.
 */
final class ResilverLook {
  private final Cluster cluster;
  private final MemberObservations looks;
  private final Wanted wanted;

  ResilverLook(Cluster cluster, Wanted wanted) {
    this.cluster = cluster;
    this.looks = new MemberObservations(cluster);
    this.wanted = wanted;
  }

  /** Those that answer over SQL, the primary after a checkpoint. */
  Members members(Call call) {
    MemberAnswers asked = looks.answers(call);
    Members seen = new Members(cluster, asked.members(), asked.silent());
    MemberObserved primary = RunContext.refuseUnless(seen.primary());
    MeantSystem.refuseUnless(cluster.name(), primary.system(), wanted.systemIdentifierEnds());
    // what it says of its timeline lags behind a promotion until its next checkpoint
    PrimaryCheckpoint.make(cluster, call, seen.instance(primary.instance()));
    return seen;
  }

  /**
   * The methods. The primary is asked once more after the others were: what it wrote meanwhile must
   * not make them look ahead of it.
   */
  RejoinChoice choose(Members members, Call call) {
    InstanceId primary = RunContext.refuseUnless(members.primary()).instance();
    List<Instance> outdated =
        wanted.among(RunContext.refuseUnless(members.wanted(wanted.named(), primary)));
    List<DirectorySeen> directories = directories(call, members.instance(primary), outdated);
    DirectorySeen directory = of(directories, primary);
    MemberObserved now = asked(call, members.instance(primary));
    Source source = RunContext.refuseUnless(TargetReading.source(now, directory));
    List<Rated> rated = new ArrayList<>();
    for (Instance instance : outdated) {
      Outdated one =
          new Outdated(instance, of(directories, instance.id()), members.answerOf(instance.id()));
      Target target = RunContext.refuseUnless(TargetReading.target(one, directory));
      rated.add(
          new Rated(
              one,
              RunContext.refuseUnless(RejoinMethodCheck.judge(instance.id(), source, target)),
              target instanceof Target.Usable usable
                  ? Optional.of(usable.end())
                  : Optional.empty()));
    }
    MemberRoles hosts = MemberRoles.of(looks.rolesBySite(call));
    MemberRoles.refuseShared(hosts.unread());
    RejoinChoice chosen = new RejoinChoice(members, now, directory, source, rated, hosts);
    SourceCheck check =
        new SourceCheck(now, members.answered(), hosts.roles(), directories, wanted.overrides());
    List<String> broken = new ArrayList<>(RunContext.refuseUnless(check.judge()));
    broken.addAll(
        RunContext.refuseUnless(ArchiveCheck.judge(chosen.archives(), wanted.overrides())));
    broken.addAll(histories(chosen, directory, call));
    chosen.broken(broken);
    RunContext.refuseUnless(nextStarts(chosen, call));
    RunContext.refuseUnless(
        CopyCheck.judge(
            chosen.on(RejoinMethod.BASE_BACKUP).stream().map(Rated::outdated).toList(),
            chosen.on(RejoinMethod.REWIND).stream().map(Rated::outdated).toList(),
            directory));
    return chosen;
  }

  /**
   * Whether the servers that the run starts will start, as far as their own configuration says;
   * what a fence says of it goes with that, and what a copy brings is tried before it takes its
   * place.
   */
  private Verdict<RejoinChoice> nextStarts(RejoinChoice chosen, Call call) {
    List<Rated> configured =
        chosen.all().stream()
            .filter(one -> !one.outdated().directory().contents().held().isEmpty())
            .toList();
    List<Surroundings> seen =
        new SurroundingsObservations(cluster)
            .alone(call, configured.stream().map(Rated::instance).toList());
    List<CheckRow> rows = new ArrayList<>();
    for (int i = 0; i < configured.size(); i++) {
      Rated one = configured.get(i);
      Configuration configuration = seen.get(i).configuration();
      boolean fenced =
          chosen.hosts().roles().stream()
              .filter(role -> role.instance().equals(one.instance().id()))
              .anyMatch(role -> role.start().fencedEpoch() != 0);
      if (one.choice().method() != RejoinMethod.BASE_BACKUP && !fenced) {
        rows.add(
            SurroundingsChecks.configurationFiles(
                one.instance(), MemberSurroundings.NOTHING, seen.get(i)));
      }
      StandbyLimits least = least(one, chosen.answer());
      configuration.next().stream()
          .map(next -> NextStartRow.of(one.instance().id(), next, least, 0))
          .forEach(rows::add);
    }
    List<String> against = CheckRows.against(rows);
    return against.isEmpty()
        ? Verdict.proceed(chosen)
        : Verdict.never(FailureCode.PREFLIGHT, String.join("; ", against));
  }

  /**
   * The control file of one that follows is its own; a copy's and a rewound one's the primary's.
   */
  private static StandbyLimits least(Rated one, MemberObserved primary) {
    StandbyLimits its = ReplayLimits.of(primary);
    return one.choice().method() == RejoinMethod.FOLLOW
        ? its.or(one.outdated().directory().contents().held().get(0).control().settings().limits())
        : its;
  }

  /**
   * Looks for timelines after the primary's in the archives that instances restore from, each on
   * the instance's own host; one that can't be looked at is reported, and does not block the run.
   */
  private List<String> histories(RejoinChoice chosen, DirectorySeen primary, Call call) {
    List<Instance> restoring =
        chosen.all().stream()
            .map(Rated::instance)
            .filter(one -> !chosen.restoreCommand(one).isEmpty())
            .toList();
    ArchiveObservations looks = new ArchiveObservations(cluster, call);
    WalSegmentSize size =
        primary.contents().held().get(0).control().identity().layout().walSegmentSize();
    for (Instance one : restoring) {
      String summary = "look for timelines in the archive of " + one.id();
      looks.begin(one, summary, chosen.answer(), size, List.of());
    }
    ArchiveObservations.Seen archives = looks.heard();
    chosen.archivesUnread(archives.unread());
    return RunContext.refuseUnless(
        ArchiveCheck.histories(archives.archives(), chosen.answer(), wanted.overrides()));
  }

  /**
   * All at once; those that may be made anew once more where the primary has tablespaces, whose
   * places are looked for there, or where there was no time to read their WAL.
   */
  private List<DirectorySeen> directories(Call call, Instance primary, List<Instance> outdated) {
    List<Instance> all = new ArrayList<>(outdated);
    all.add(primary);
    List<DirectorySeen> seen = seen(looks.directories(call, all, List.of()));
    List<String> places = CopyCheck.locations(of(seen, primary.id()));
    if (!places.isEmpty() && !outdated.isEmpty()) {
      seen = replaced(seen, seen(looks.directories(call, outdated, places)));
    }
    List<InstanceId> slow =
        seen.stream().filter(ResilverLook::walUnread).map(DirectorySeen::instance).toList();
    List<Instance> unread = outdated.stream().filter(one -> slow.contains(one.id())).toList();
    return unread.isEmpty()
        ? seen
        : replaced(seen, seen(directoriesPatiently(call, unread, places)));
  }

  /** Of hosts that answered and had no time to read WAL to its end. */
  private List<DirectoriesObserved> directoriesPatiently(
      Call call, List<Instance> instances, List<String> places) {
    return FanOut.onHosts(
        CopyActivities.class,
        WorkLists.byHost(cluster, instances),
        work ->
            ActivityPolicies.await(
                ActivityPolicies.queueOf(work.site()),
                "read WAL to its end on " + work.inWords(),
                CopyActivities.LOOKING_AT_MOST),
        work -> new ObserveDirectories(call, work, places, true),
        port -> port::observeDirectories);
  }

  private static List<DirectorySeen> replaced(
      List<DirectorySeen> before, List<DirectorySeen> again) {
    List<InstanceId> newer = again.stream().map(DirectorySeen::instance).toList();
    List<DirectorySeen> all = new ArrayList<>(before);
    all.removeIf(one -> newer.contains(one.instance()));
    all.addAll(again);
    return all;
  }

  private static boolean walUnread(DirectorySeen directory) {
    return directory.contents().held().stream().anyMatch(Held::walUnread);
  }

  /** Fails the run where any could not be looked at. */
  static List<DirectorySeen> seen(List<DirectoriesObserved> hosts) {
    FanOut.failOn(hosts, DirectoriesObserved::failures);
    return hosts.stream().flatMap(host -> host.seen().stream()).toList();
  }

  private static DirectorySeen of(List<DirectorySeen> directories, InstanceId instance) {
    return directories.stream()
        .filter(seen -> seen.instance().equals(instance))
        .findFirst()
        .orElseThrow(
            () ->
                RunbookStop.failed(
                    FailureCode.STATE_UNREADABLE, instance + " was not read on its host"));
  }

  private MemberObserved asked(Call call, Instance primary) {
    ActivityOptions options =
        ActivityPolicies.OBSERVE.options(
            ActivityPolicies.queueOf(primary.site()), "ask " + primary.id() + " once more");
    ReplicationObserved again = looks.read(options, call, List.of(primary));
    FanOut.failOn(again.failures());
    MemberObserved now = again.members().get(0);
    if (now.standing().inRecovery()) {
      throw RunbookStop.refused(
          FailureCode.NO_PRIMARY, primary.id() + " was the primary and is none any more");
    }
    return now;
  }
}
