package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowStub;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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

    reads("", id, publish.getExecution().getWorkflowId(), "Failover", "PublishCycle");
    reads(history(publish), "Completed", "create the restore point");
    reads(history(failover), "Running", "connect to east-0");
    reads(details(failover), "mooring approve " + id + " --digest " + digest);

    String approve = "approve " + id + " --by bob --reason x --digest " + digest;
    assertThat(stage.mooring().type(approve).status()).isZero();
    failover.getResult(RoleChangeResult.class);
    reads(history(failover), "Completed", "fence east-0", "promote west-0");
  }

  /**
   * A page is opened again until it has these words, as a person reloads it: its list lags, and
   * Chromium draws an error page if an interface of this machine changed meanwhile.
   */
  private void reads(String of, String... words) {
    Soon.soon(of + " reads " + List.of(words), () -> Stream.of(words).allMatch(page(of)::contains));
  }

  private static String details(WorkflowStub run) {
    return history(run).replaceAll("history$", "user-metadata");
  }

  private static String history(WorkflowStub run) {
    WorkflowExecution execution = run.getExecution();
    String id = URLEncoder.encode(execution.getWorkflowId(), StandardCharsets.UTF_8);
    return "/" + id + "/" + execution.getRunId() + "/history";
  }

  private String page(String of) throws Exception {
    String[] address = stage.service.address().split(":", 2);
    return new Chromium(directory)
        .words(
            String.format(
                "http://%s:%d/namespaces/default/workflows%s",
                address[0], Integer.parseInt(address[1]) + UI_PORT, of));
  }
}
