package dev.mooring.dev.endtoend;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.authority.Epoch;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.HandOver;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;

/** A program that may write to the namespace: its own workflow, on a queue of its own. */
final class Intruder {
  private static final String QUEUE = "intruders";

  private Intruder() {}

  /** Calls itself a runbook. */
  @WorkflowInterface
  public interface Switchover {
    /** Takes the right to write. */
    @WorkflowMethod(name = "Switchover")
    void run(HandOver request);
  }

  /** Takes it. */
  public static final class SwitchoverImpl implements Switchover {
    @Override
    public void run(HandOver request) {
      Call asked = request.call();
      Call own =
          new Call(
              asked.cluster(),
              Workflow.getInfo().getRunId(),
              asked.step(),
              asked.ordinal(),
              asked.epoch());
      Workflow.newActivityStub(
              RoleActivities.class,
              ActivityPolicies.ENSURE.options(
                  ActivityPolicies.queueOf(request.on().site()), "hand over"))
          .ensureHandedOver(new HandOver(own, request.on(), request.stopWithin()));
    }
  }

  /** Asks the site's worker to fence and stop an instance of the file; says what it was told. */
  static String handsOver(Stage stage, String instance) {
    Cluster cluster =
        new ClusterFiles(stage.lab.configDirectory()).read(new ClusterName(stage.cluster()));
    Instance of = cluster.member(new InstanceId(instance)).orElseThrow();
    HandOver request =
        new HandOver(
            new Call(
                cluster.name(), "intruder", "HAND_OVER", 0, new Epoch(System.currentTimeMillis())),
            new HostWork(cluster.host(of.host()), List.of(of)),
            Duration.ofSeconds(10));
    WorkflowClient client = stage.service.client();
    WorkerFactory factory = WorkerFactory.newInstance(client);
    factory.newWorker(QUEUE).registerWorkflowImplementationTypes(SwitchoverImpl.class);
    factory.start();
    try {
      client
          .newWorkflowStub(
              Switchover.class, WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build())
          .run(request);
      return "done";
    } catch (WorkflowFailedException failed) {
      Throwable activity = failed.getCause();
      return String.valueOf(activity == null ? failed : activity.getCause());
    } finally {
      factory.shutdownNow();
    }
  }
}
