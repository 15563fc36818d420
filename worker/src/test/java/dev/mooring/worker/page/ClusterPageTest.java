package dev.mooring.worker.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.topology.ClusterName;
import dev.mooring.worker.page.ClusterSeen.WaitingRun;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a person reads on the page of a worker. */
class ClusterPageTest {
  private static final Instant AT = Instant.parse("2026-11-28T03:00:00Z");
  private static final ClusterName STRAIT = new ClusterName("strait");
  private static final ClusterName HARBOUR = new ClusterName("harbour");

  private static ClusterSeen seen(ClusterName name, Judged worst, List<CheckRow> findings) {
    return seen(name, worst, List.of("verdict of " + name), findings);
  }

  private static ClusterSeen seen(
      ClusterName name, Judged worst, List<String> verdicts, List<CheckRow> findings) {
    StatusResult status =
        new StatusResult(
            "a headline",
            worst,
            name,
            AT,
            verdicts,
            List.of(),
            List.of(),
            List.of(),
            findings,
            List.of(),
            List.of());
    return new ClusterSeen(name, Optional.of(status), "", List.of());
  }

  private static String page(ClusterSeen... clusters) {
    return ClusterPage.of(List.of(clusters), AT);
  }

  @Test
  void the_verdict_is_first_and_the_worst_cluster_next() {
    String page =
        page(
            seen(HARBOUR, Judged.GOOD, List.of()),
            seen(
                STRAIT,
                Judged.WRONG,
                List.of(
                    CheckRow.wrong(
                        "server-process", "east-0", "<is> down", "runs", "`mooring x` & wait"))));
    assertThat(page).contains("<h1>1 of 2 clusters are good</h1>");
    assertThat(page.indexOf("verdict of strait")).isLessThan(page.indexOf("verdict of harbour"));
    assertThat(page)
        .contains("east-0 server-process: &lt;is&gt; down")
        .contains("fix: <code>mooring x</code> &amp; wait")
        .contains("<meta http-equiv=\"refresh\" content=\"15\">")
        .doesNotContain("<script");
  }

  @Test
  void a_pause_of_automation_stands_before_the_other_verdicts_and_the_findings() {
    String pause = "automation is paused by alice: patching";
    String page =
        page(
            seen(
                STRAIT,
                Judged.WRONG,
                List.of(pause, "east-0 is down"),
                List.of(CheckRow.wrong("server-process", "east-0", "down", "runs", ""))));
    assertThat(page.indexOf(pause)).isPositive().isLessThan(page.indexOf("east-0 is down"));
    assertThat(page.indexOf("east-0 is down")).isLessThan(page.indexOf("server-process"));
  }

  @Test
  void a_run_that_cannot_be_asked_is_not_counted_as_one_that_waits() {
    WaitingRun silent =
        new WaitingRun("Resilver", "r", false, "can't be asked: x", List.of(), "mooring x", "");
    String page = page(new ClusterSeen(STRAIT, Optional.empty(), "no", List.of(silent)));
    assertThat(page)
        .contains("<h1>A run can't be asked. strait is unknown</h1>", "Resilver", "mooring x");
    String beside =
        page(
            new ClusterSeen(
                HARBOUR, seen(HARBOUR, Judged.GOOD, List.of()).status(), "", List.of(silent)),
            seen(STRAIT, Judged.WRONG, List.of()));
    assertThat(beside.indexOf("verdict of strait"))
        .isPositive()
        .isLessThan(beside.indexOf("verdict of harbour"));
  }

  @Test
  void a_cluster_that_is_not_seen_is_not_good() {
    String page = page(new ClusterSeen(STRAIT, Optional.empty(), "no worker answered", List.of()));
    assertThat(page).contains("<h1>strait is unknown</h1>", "mooring whois");
  }

  @Test
  void a_run_that_waits_stands_before_all_else() {
    WaitingRun waits =
        new WaitingRun(
            "Failover",
            "mooring:harbour:failover",
            true,
            "waits for an approval",
            List.of("promote west-0"),
            "mooring follow mooring:harbour:failover",
            "https://temporal.example.org/x");
    String page =
        page(
            seen(STRAIT, Judged.WRONG, List.of()),
            new ClusterSeen(
                HARBOUR, seen(HARBOUR, Judged.GOOD, List.of()).status(), "", List.of(waits)));
    assertThat(page).contains("<h1>A run waits for a person. 1 of 2 clusters are good</h1>");
    assertThat(page.indexOf("promote west-0")).isLessThan(page.indexOf("verdict of strait"));
    assertThat(page).contains("<a href=\"https://temporal.example.org/x\">");
  }
}
