package dev.mooring.runbook.switchover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.CopyActivities.RunCommand;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Instance;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs an administrator's own command on the host of each instance whose role has changed, all at
 * once (H9). It holds nobody up: clients write to the new primary already.
 */
final class RoleChange {
  private static final String SETTING = "replication.onRoleChange";
  private static final Duration WITHIN = Duration.ofSeconds(30);

  /** One that is ended at its limit is still to say so; one whose worker was lost runs again. */
  private static final Duration AT_MOST = WITHIN.multipliedBy(2).plusSeconds(30);

  private final Move move;
  private final Steps<SwitchoverStep> run;
  private final List<Promise<String>> begun = new ArrayList<>();

  RoleChange(Move move, Steps<SwitchoverStep> run) {
    this.move = move;
    this.run = run;
  }

  /** As a plan names it; empty where the cluster file has none. */
  static Stream<String> inWords(Move move) {
    return Stream.of(move.policy().replication().onRoleChange())
        .filter(command -> !command.isEmpty())
        .map(command -> SETTING + " is run where a role has changed: " + command);
  }

  /** Begins it, where the cluster file has one. */
  void begin(List<Instance> standbys) {
    String command = move.policy().replication().onRoleChange();
    if (!command.isEmpty()) {
      begun.add(ran(command, move.to(), "primary"));
      standbys.forEach(standby -> begun.add(ran(command, standby, "standby")));
    }
  }

  /** Those that did not end well, one sentence each. */
  List<String> failed() {
    return begun.stream().map(Promise::get).filter(failed -> !failed.isEmpty()).toList();
  }

  /** Only one whose worker is lost is run again. */
  private Promise<String> ran(String command, Instance instance, String role) {
    CopyActivities port =
        Workflow.newActivityStub(
            CopyActivities.class,
            ActivityPolicies.withoutInsisting(
                ActivityPolicies.queueOf(instance.site()),
                "run " + SETTING + " for " + instance.id(),
                AT_MOST));
    RunCommand request =
        new RunCommand(
            run.call(SwitchoverStep.VERIFY),
            WorkLists.on(move.cluster(), instance),
            SETTING,
            command.replace("{role}", role).replace("{cluster}", move.cluster().name().value()),
            move.to().id(),
            WITHIN);
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
