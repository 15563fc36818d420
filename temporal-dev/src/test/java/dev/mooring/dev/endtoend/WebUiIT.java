package dev.mooring.dev.endtoend;

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
 * for a person and is approved there, and the same failover afterwards, each in the words of its
 * runbook.
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
      page.reads(run(failover, "user-metadata"), "mooring approve " + id + " --digest " + digest);
      page.reads(run(failover, "history"), "Running", "connect to east-0");
      approve(page, digest);
      failover.getResult(RoleChangeResult.class);
      page.reads(run(failover, "history"), "Completed", "fence east-0", "promote west-0");
    }
  }

  /** By the words of deciding.md: More Actions, Send an Update, decide, and the line to copy. */
  private static void approve(ChromiumPage page, String digest) throws Exception {
    page.clicks("button", "More Actions");
    page.clicks("[role=menuitem]", "Send an Update");
    page.clicks("dialog [data-testid=update-select-button]", "");
    page.clicks("dialog [role=option]", "decide");
    page.types(
        "dialog .cm-content",
        String.format(
            "{\"decision\":\"approve\",\"digest\":\"%s\",\"by\":\"bob\",\"reason\":\"x\"}",
            digest));
    page.clicks("dialog button", "Submit");
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
