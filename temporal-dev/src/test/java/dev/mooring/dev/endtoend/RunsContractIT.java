package dev.mooring.dev.endtoend;

import dev.mooring.activities.temporal.TemporalRunActivities;
import dev.mooring.contract.RunsContract;
import dev.mooring.contract.RunsWorld;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.topology.ClusterName;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What Temporal itself says of runs: the tests that the runs in memory pass. */
class RunsContractIT extends RunsContract {
  private static Service service;

  @BeforeAll
  static void up() {
    service = new Service("runs-contract");
  }

  @AfterAll
  static void down() {
    service.close();
  }

  @Override
  protected RunsWorld world() {
    return new Runs();
  }

  private static final class Runs implements RunsWorld {
    @Override
    public RunActivities runs() {
      return new TemporalRunActivities(service.client());
    }

    @Override
    public String open(ClusterName cluster, String workflowId, String runbook) {
      WorkflowOptions options =
          options(workflowId)
              .setTypedSearchAttributes(
                  io.temporal.common.SearchAttributes.newBuilder()
                      .set(SearchAttributes.CLUSTER, cluster.value())
                      .build())
              .build();
      return service.client().newUntypedWorkflowStub(runbook, options).start().getRunId();
    }

    @Override
    public void end(String workflowId) {
      service.client().newUntypedWorkflowStub(workflowId).terminate("by hand");
    }

    @Override
    public String lock(String lockId, Holder holder) {
      WorkflowStub lock = service.client().newUntypedWorkflowStub("Lock", options(lockId).build());
      return lock.start(holder).getRunId();
    }

    private static WorkflowOptions.Builder options(String workflowId) {
      return WorkflowOptions.newBuilder().setWorkflowId(workflowId).setTaskQueue("of nobody");
    }

    @Override
    public List<String> reported(String workflowId) {
      return service.client().fetchHistory(workflowId).getEvents().stream()
          .filter(HistoryEvent::hasWorkflowExecutionSignaledEventAttributes)
          .map(event -> text(event.getWorkflowExecutionSignaledEventAttributes().getInput()))
          .toList();
    }

    private static String text(Payloads input) {
      return service
          .client()
          .getOptions()
          .getDataConverter()
          .fromPayloads(0, Optional.of(input), String.class, String.class);
    }
  }
}
