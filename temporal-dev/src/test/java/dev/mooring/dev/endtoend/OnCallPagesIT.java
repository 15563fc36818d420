package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Chromium.Seen;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.worker.WorkerProgram;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a worker and the report of a run, as a person sees them in Chromium. */
@Tag("all")
@Tag("heavy")
class OnCallPagesIT extends FailoverStage {
  private static final int PHONE = 390;
  private static final int SCREEN = 1280;
  private static final String WAITS = "A run waits for a person. strait is critical";

  @TempDir Path directory;

  @Test
  void a_run_that_waits_and_its_report_fit_a_phone_and_a_screen() throws Exception {
    Chromium chromium = new Chromium(directory);
    stage.dismissWorker();
    try (WorkerProgram worker = worker(directory)) {
      worker.awaitHealth(200);
      killOnceBothHaveAll();
      WorkflowStub run = start(",\"mode\":\"execute\",\"by\":\"alice\",\"reason\":\"dead\"");
      untilAPersonIsAsked(run);
      fits(chromium, pageThatShows(worker, WAITS, VERDICT), WAITS);
      String id = run.getExecution().getWorkflowId();
      String digest = run.query("plan", Plan.class).digest();
      Answer approved =
          stage.mooring().type("approve " + id + " --by bob --reason x --digest " + digest);
      assertThat(approved.status()).as(approved.out() + approved.err()).isZero();
      assertThat(run.getResult(RoleChangeResult.class).outcome()).isEqualTo("Completed");
      String report = stage.mooring().type("report " + id + " --format html").out();
      fits(chromium, report, "Failover of strait: COMPLETED");
    } finally {
      stage.recallWorker();
    }
  }

  private static void fits(Chromium chromium, String html, String verdict) throws Exception {
    for (int width : List.of(PHONE, SCREEN)) {
      assertThat(chromium.open(html, width)).isEqualTo(new Seen(width, verdict, List.of()));
    }
  }

  @Test
  void a_page_that_is_too_wide_or_asks_elsewhere_is_seen() throws Exception {
    String page = "<body><img src=\"http://127.0.0.1:9/x.png\"><p style=\"width:500px\">words";
    assertThat(new Chromium(directory).open(page, PHONE))
        .isEqualTo(new Seen(508, "words", List.of("http://127.0.0.1:9/x.png")));
  }
}
