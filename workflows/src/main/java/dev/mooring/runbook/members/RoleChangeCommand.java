package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.CopyActivities.RunCommand;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Replication;
import dev.mooring.topology.StreamingPolicy.Role;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Runs an administrator's command on the host of each instance whose role changed, in parallel
 * (H9). It does not block the run: clients already write to the new primary.
 */
public final class RoleChangeCommand {
  private static final String SETTING = "replication.onRoleChange";
  private static final Duration WITHIN = Duration.ofSeconds(30);

  /** A command ended at its limit still reports so; after the loss of its worker it runs again. */
  private static final Duration AT_MOST = WITHIN.multipliedBy(2).plusSeconds(30);

  private final Cluster cluster;
  private final InstanceId primary;
  private final Supplier<Call> call;
  private final Set<Role> roles = EnumSet.noneOf(Role.class);
  private final List<Promise<String>> begun = new ArrayList<>();

  /**
   * @param primary the new primary
   */
  public RoleChangeCommand(Cluster cluster, InstanceId primary, Supplier<Call> call) {
    this.cluster = cluster;
    this.primary = primary;
    this.call = call;
  }

  /** The text for a plan; empty if the cluster file has no such command. */
  public static Stream<String> inWords(Cluster cluster) {
    return having(cluster)
        .map(one -> SETTING + " is run where a role has changed: " + one.onRoleChange());
  }

  private static Stream<Replication> having(Cluster cluster) {
    return cluster.streaming().stream()
        .map(StreamingPolicy::replication)
        .filter(one -> !one.onRoleChange().isEmpty());
  }

  /** Begins the command on these hosts if the cluster file has one; once for each role. */
  public void begin(Role role, List<Instance> instances) {
    if (!roles.add(role)) {
      return;
    }
    having(cluster)
        .map(one -> one.onRoleChange(role, cluster.name()))
        .forEach(command -> instances.forEach(one -> begun.add(ran(command, one))));
  }

  /** The commands that failed, one sentence each. */
  public List<String> failed() {
    return begun.stream().map(Promise::get).filter(failed -> !failed.isEmpty()).toList();
  }

  /** The command runs again only if its worker is lost. */
  private Promise<String> ran(String command, Instance instance) {
    CopyActivities port =
        Workflow.newActivityStub(
            CopyActivities.class,
            ActivityPolicies.withoutInsisting(
                ActivityPolicies.queueOf(instance.site()),
                "run " + SETTING + " for " + instance.id(),
                AT_MOST));
    RunCommand request =
        new RunCommand(
            call.get(), WorkLists.on(cluster, instance), SETTING, command, primary, WITHIN);
    return Async.function(port::ensureCommandRun, request)
        .handle((done, failure) -> failure == null ? "" : inWords(instance, failure));
  }

  private static String inWords(Instance instance, RuntimeException failure) {
    if (failure instanceof TemporalFailure failed) {
      return String.format(
          "%s: %s did not end well: %s",
          instance.id(), SETTING, Explained.unlessStopped(failed).sentence());
    }
    throw failure;
  }
}
