package dev.mooring.runbook.replication;

import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.DirectoriesObserved;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.FailoverActivities.Fenced;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.resilver.SourceRule;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The observations and the one step by which the member that accepts writes is recorded as the one.
 */
final class Adoption {
  private final RunbookRun run;
  private final SetupCalls calls;
  private final Cluster cluster;
  private final ReplicationRequest request;

  Adoption(RunContext context, SetupCalls calls, ReplicationRequest request) {
    this.run = context.run();
    this.calls = calls;
    this.cluster = context.cluster();
    this.request = request;
  }

  /** What was seen, and what follows. */
  record Looked(AdoptionPlan plan, List<String> broken) {}

  /** Where no member accepts writes, what the authority files say of it, and of which run. */
  static Verdict<Members> explained(Cluster cluster, Verdict<Members> members, Call call) {
    if (!(members instanceof Verdict.Never<Members> never)
        || never.code() != FailureCode.NO_PRIMARY) {
      return members;
    }
    List<InstanceRole> roles =
        MemberRoles.of(new MemberObservations(cluster).rolesBySite(call)).roles();
    return AdoptionPlan.ofNobody(cluster, roles)
        .map(said -> Verdict.<Members>never(never.code(), never.reason() + ". " + said))
        .orElse(members);
  }

  /**
   * That the authority names another is what it is for, as long as that one is seen not to be
   * ahead; a newer timeline elsewhere is not.
   */
  Looked look(Members members, Call call) {
    WhoMayWrite hosts = WhoMayWrite.asked(cluster, members.primary(), call);
    List<DirectoriesObserved> looked = directories(call);
    List<DirectorySeen> directories =
        looked.stream().flatMap(host -> host.seen().stream()).toList();
    List<String> overrides =
        Stream.concat(request.overrides().stream(), Stream.of(SourceRule.OTHER_WRITER.text()))
            .toList();
    List<String> broken = new ArrayList<>(hosts.broken(members, directories, overrides));
    List<Instance> asked =
        cluster.members().stream().filter(i -> request.instances().contains(i.id())).toList();
    AdoptionPlan plan =
        RunContext.refuseUnless(AdoptionPlan.judge(cluster, members, asked, hosts.hosts()));
    if (!plan.reported().isEmpty()) {
      broken.addAll(unlooked(members, hosts, looked));
    }
    List<String> doubts =
        plan.reported().isEmpty()
            ? List.of()
            : NamedBefore.doubts(members, hosts.roles(), directories);
    if (doubts.isEmpty()) {
      return new Looked(plan, broken.stream().filter(rule -> !isOtherWriter(rule)).toList());
    }
    if (!request.overrides().contains(SourceRule.OTHER_WRITER.text())) {
      throw RunbookStop.refused(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s. If %s is the right one all the same, override %s with a reason",
              String.join(
                  "; ",
                  Stream.concat(broken.stream().filter(Adoption::isOtherWriter), doubts.stream())
                      .toList()),
              members.primary().id(),
              SourceRule.OTHER_WRITER.text()));
    }
    String overridden = SourceRule.OTHER_WRITER.text() + ": " + String.join("; ", doubts);
    return new Looked(
        plan, Stream.concat(broken.stream(), Stream.of(overridden)).distinct().toList());
  }

  private List<DirectoriesObserved> directories(Call call) {
    return new MemberObservations(cluster)
        .directoriesWhereAnswered(call, cluster.members(), List.of());
  }

  /**
   * Of those whose timeline is not known, though their hosts answer, a sentence that says which
   * rule was broken. What is known of hosts that are silent, {@link NamedBefore} judges.
   */
  private List<String> unlooked(
      Members members, WhoMayWrite hosts, List<DirectoriesObserved> looked) {
    String rule = SourceRule.NEWER_TIMELINE.text();
    List<String> why =
        looked.stream()
            .flatMap(host -> host.failures().stream())
            .filter(one -> members.member(one.instance()).isEmpty())
            .filter(
                one -> hosts.roles().stream().anyMatch(r -> r.instance().equals(one.instance())))
            .map(
                one ->
                    String.format(
                        "%s may be on a newer timeline, its data directory was not read: %s",
                        one.instance(), one.message()))
            .toList();
    if (!why.isEmpty() && !request.overrides().contains(rule)) {
      throw RunbookStop.refused(
          FailureCode.STATE_UNREADABLE,
          String.format(
              "%s. If %s is the right one all the same, override %s with a reason",
              String.join("; ", why), members.primary().id(), rule));
    }
    return why.stream().map(one -> rule + ": " + one).toList();
  }

  private static boolean isOtherWriter(String broken) {
    return broken.startsWith(SourceRule.OTHER_WRITER.text());
  }

  /**
   * Fences others that accept writes beside it, before it is recorded that this one may. If one is
   * not proved to be stopped the run fails, and nothing is recorded: the next run fences it again.
   *
   * @param kept as it answered over SQL
   * @param changed takes what was done, one sentence each
   */
  void fence(AdoptionPlan plan, MemberObserved kept, List<String> changed) {
    if (plan.rivals().isEmpty()) {
      return;
    }
    run.step(
        ReplicationStep.FENCE,
        () -> {
          Call call = run.call(ReplicationStep.FENCE);
          RolesObserved asked = calls.raiseEpoch(plan.writer(), call);
          FanOut.failOn(asked.failures());
          for (InstanceRole role : asked.roles()) {
            FanOut.failOn(RivalWriters.notKept(role, kept).stream().toList());
          }
          plan.rivals().forEach(rival -> changed.add(fenced(plan, rival, call)));
        },
        Undo.nothing("beside another that accepts writes nothing lets it write again"));
  }

  private String fenced(AdoptionPlan plan, Instance rival, Call call) {
    try {
      Fenced fenced = calls.fence(rival, call);
      run.leaves(rival.id() + " is fenced and stopped");
      return String.format(
          "%s was %s, is fenced and stopped; its control file says '%s'",
          rival.id(), fenced.found(), fenced.control().state());
    } catch (TemporalFailure e) {
      run.leaves(
          String.format(
              "%s is not proved to be fenced and stopped, and %s is not recorded: type `mooring"
                  + " plan adopt %s %s`",
              rival.id(), plan.writer().id(), cluster.name(), plan.writer().id()));
      throw e;
    }
  }

  /**
   * Records the member that accepts writes, first on its own host.
   *
   * @param changed takes each change once it is made, one sentence each: a run that ends midway
   *     reports those
   * @param degraded takes the hosts whose authority file was not written
   */
  void make(AdoptionPlan plan, List<String> changed, List<String> degraded) {
    List<Instance> others =
        plan.reported().stream().filter(member -> !member.equals(plan.writer())).toList();
    List<InstanceFailure> unreported =
        run.step(
            ReplicationStep.ADOPT,
            () -> {
              Call call = run.call(ReplicationStep.ADOPT);
              List<InstanceFailure> own =
                  calls.adopted(plan.writer(), List.of(plan.writer()), call, writer -> {});
              if (!own.isEmpty()) {
                leavesUnrecorded(plan);
                throw RunbookStop.failed(own.get(0).code(), own.get(0).message());
              }
              changed.add("the authority names " + plan.writer().id());
              List<InstanceFailure> silent =
                  calls.adopted(
                      plan.writer(), others, call, member -> changed.add(reported(plan, member)));
              FanOut.failOn(
                  silent.stream().filter(one -> one.code() == FailureCode.TWO_PRIMARIES).toList());
              return silent;
            },
            Undo.nothing("it accepts writes with or without a record of it"));
    unreported.forEach(
        one ->
            degraded.add(
                "the authority file of the host of "
                    + one.instance()
                    + " was not written: "
                    + one.message()));
  }

  private void leavesUnrecorded(AdoptionPlan plan) {
    if (!plan.rivals().isEmpty()) {
      run.leaves(
          String.format(
              "%s is not recorded. If it is down, start it and adopt it again, or promote a standby"
                  + " by `mooring failover %s`",
              plan.writer().id(), cluster.name()));
    }
  }

  private String reported(AdoptionPlan plan, InstanceId member) {
    if (DrivenFromOutside.is(cluster)) {
      return "the host of " + member + " lets Patroni promote it";
    }
    if (!plan.barred().contains(member)) {
      return member + " is fenced";
    }
    return String.format("by the authority file of the host of %s it may not write", member)
        + (plan.fenced().contains(member) ? ", and it is fenced" : "");
  }
}
