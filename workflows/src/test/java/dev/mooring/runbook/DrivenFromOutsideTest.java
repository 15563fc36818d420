package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.failback.FailbackImpl;
import dev.mooring.runbook.failback.FailbackWorkflow;
import dev.mooring.runbook.replication.ReplicationSetupImpl;
import dev.mooring.runbook.replication.ReplicationSetupWorkflow;
import dev.mooring.runbook.startprimary.StartPrimaryImpl;
import dev.mooring.runbook.startprimary.StartPrimaryWorkflow;
import io.temporal.client.WorkflowClient;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is not done through Patroni is not done beside it: each says how a person does it. */
class DrivenFromOutsideTest {

  private static void refused(Class<?> runbook, String hint, Consumer<WorkflowClient> run) {
    try (TestBed bed = new TestBed(new FakeCluster(Strait.byPatroni()), runbook)) {
      Ended ended = TestBed.ended(() -> run.accept(bed.client()));
      assertThat(ended.type()).isEqualTo("Refused");
      assertThat(ended.message()).contains("Patroni runs the members of cluster strait", hint);
    }
  }

  @Test
  void a_start_of_a_stopped_primary_is_refused() {
    refused(
        StartPrimaryImpl.class,
        "patronictl list",
        client ->
            client
                .newWorkflowStub(StartPrimaryWorkflow.class, TestBed.options("r"))
                .start(Typed.run("{'cluster':'strait','by':'alice'}")));
  }

  @Test
  void a_failback_is_refused() {
    refused(
        FailbackImpl.class,
        "patronictl switchover",
        client ->
            client
                .newWorkflowStub(FailbackWorkflow.class, TestBed.options("r"))
                .failBack(Typed.run("{'cluster':'strait','to':'west','by':'alice'}")));
  }

  @Test
  void a_setup_is_refused() {
    refused(
        ReplicationSetupImpl.class,
        "Patroni makes a standby",
        client ->
            client
                .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("r"))
                .setUp(Typed.run("{'cluster':'strait','act':'setup','by':'alice'}")));
  }
}
