package dev.mooring.runbook.replication;

import dev.mooring.port.Call;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.resilver.SourceRule;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The looks and the one step by which the member that takes writes is recorded as the one. */
final class Adopting {
  private final RunbookRun<ReplicationStep> run;
  private final SetupCalls calls;
  private final Cluster cluster;
  private final ReplicationRequest request;

  Adopting(RunContext<ReplicationStep> context, SetupCalls calls, ReplicationRequest request) {
    this.run = context.run();
    this.calls = calls;
    this.cluster = context.cluster();
    this.request = request;
  }

  /** What was seen, and what follows. */
  record Looked(AdoptionPlan plan, List<String> broken) {}

  /** That the authority names another is what it is for; a newer timeline elsewhere is not. */
  Looked look(Members members, Call call) {
    WhoMayWrite hosts = WhoMayWrite.asked(calls, members.primary(), call);
    List<String> overrides =
        Stream.concat(request.overrides().stream(), Stream.of(SourceRule.OTHER_WRITER.text()))
            .toList();
    List<String> broken = hosts.broken(members, List.of(), overrides);
    List<Instance> asked =
        cluster.members().stream().filter(i -> request.instances().contains(i.id())).toList();
    return new Looked(
        RunContext.orRefuse(AdoptionPlan.judge(cluster, members, asked, hosts.hosts())),
        broken.stream().filter(rule -> !rule.startsWith(SourceRule.OTHER_WRITER.text())).toList());
  }

  /**
   * Records it, on the host of the one that takes writes first; what was done, one sentence each.
   *
   * @param degraded takes the hosts that could not be told
   */
  List<String> done(AdoptionPlan plan, List<String> degraded) {
    List<Instance> others =
        plan.told().stream().filter(member -> !member.equals(plan.writer())).toList();
    List<InstanceFailure> untold =
        run.step(
            ReplicationStep.ADOPT,
            () -> {
              Call call = run.call(ReplicationStep.ADOPT);
              List<InstanceFailure> own =
                  calls.adopted(plan.writer(), List.of(plan.writer()), call);
              if (!own.isEmpty()) {
                throw RunbookStop.failed(own.get(0).code(), own.get(0).message());
              }
              return calls.adopted(plan.writer(), others, call);
            },
            Undo.nothing("it takes writes with or without a record of it"));
    List<InstanceId> not = untold.stream().map(InstanceFailure::instance).toList();
    List<String> changed = new ArrayList<>();
    changed.add("the authority names " + plan.writer().id());
    others.stream()
        .filter(member -> !not.contains(member.id()))
        .forEach(member -> changed.add("the host of " + member.id() + " says that nobody may"));
    untold.forEach(
        one -> degraded.add("the host of " + one.instance() + " was not told: " + one.message()));
    return changed;
  }
}
