package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowStub;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Temporal's own Web UI, as Chromium draws it: the list of runs, a publish, a failover that waits
 * for a person, and the same failover afterwards, each in the words of its runbook.
 */
@Tag("all")
@Tag("heavy")
class WebUiIT extends FailoverStage {
  /** Of a server that temporal-dev/up starts: its Web UI has its port and so many more. */
  private static final int UI_PORT = 1000;

  @TempDir Path directory;

  @Test
  void runs_are_read_as_runbooks() throws Exception {
    WorkflowStub publish = stage.startPublish();
    publish.getResult(Object.class);
    killOnceBothHaveAll();
    WorkflowStub failover = start(",\"mode\":\"execute\",\"by\":\"alice\"");
    untilAPersonIsAsked(failover);
    String id = failover.getExecution().getWorkflowId();
    String digest = failover.query("plan", Plan.class).digest();

    try (ChromiumPage page = new ChromiumPage(directory)) {
      page.reads(runs(), id, publish.getExecution().getWorkflowId(), "Failover", "PublishCycle");
      page.reads(run(publish, "history"), "Completed", "restore point on");
      page.reads(run(failover, "history"), "Running", "connect to east-0");
      page.reads(run(failover, "user-metadata"), "mooring approve " + id + " --digest " + digest);

      String approve = "approve " + id + " --by bob --reason x --digest " + digest;
      assertThat(stage.mooring().type(approve).status()).isZero();
      failover.getResult(RoleChangeResult.class);
      page.reads(run(failover, "history"), "Completed", "fence east-0", "promote west-0");
    }
  }

  private static String runs() {
    String[] address = stage.service.address().split(":", 2);
    return String.format(
        "http://%s:%d/namespaces/default/workflows",
        address[0], Integer.parseInt(address[1]) + UI_PORT);
  }

  private static String run(WorkflowStub run, String tab) {
    WorkflowExecution execution = run.getExecution();
    String id = URLEncoder.encode(execution.getWorkflowId(), StandardCharsets.UTF_8);
    return String.join("/", runs(), id, execution.getRunId(), tab);
  }
}
