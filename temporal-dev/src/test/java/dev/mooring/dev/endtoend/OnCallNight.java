package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.temporal.OpenExecutions;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.worker.ClusterMetricsIT;
import dev.mooring.dev.worker.Promtool;
import dev.mooring.dev.worker.WorkerProgram;
import dev.mooring.runbook.RunIds;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.ClusterName;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The night of docs/on-call.md, with its commands and what they print: the primary is killed, a
 * real Prometheus sees it, a real Alertmanager calls the hook, a person gets the message and
 * approves.
 */
abstract class OnCallNight extends FailoverStage {
  private static final Pattern APPROVE =
      Pattern.compile("mooring approve (\\S+) --digest ([0-9a-f]{64})");

  private static final String WATCH =
      "watch: {every: PT1S, beginAfterLooks: 2, endAfterLooks: 2}\n";

  /** How a command ends that did what it was typed for. */
  private static final List<Integer> AS_TYPED =
      List.of(ExitCode.DONE.status(), ExitCode.STATUS_WARNING.status());

  @TempDir Path directory;

  @Test
  void the_person_who_is_woken_finds_the_plan_and_approves_it() throws Exception {
    stage.publish();
    try (MessageSinks sinks = new MessageSinks();
        Alerting alerting = new Alerting(directory)) {
      String approvers = approvers();
      stage.amendClusterFile(now -> now + WATCH + approvers + sinks.notices());
      stage.dismissWorker();
      try (WorkerProgram worker = worker(directory, "--hooks", alerting.hooksFile().toString())) {
        worker.awaitHealth(200);
        alerting.start(worker.address());
        assertThat(stage.mooring().type("monitor strait on").status()).isZero();
        answersByRole(worker);
        killOnceBothHaveAll();
        isWoken(sinks);
        eachLeadsToTheRun(sinks);
        promtoolFindsNoFault(worker);
        pageThatShows(worker, VERDICT, "; lost with it: no commit");
        assertThat(night(sinks)).contains("Failover of strait: COMPLETED");
      } finally {
        endWatch();
        stage.recallWorker();
      }
    }
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  /** As a load balancer asks, by the observations of the watch. */
  private static void answersByRole(WorkerProgram worker) throws InterruptedException {
    for (String path : List.of("/primary/strait/east-0", "/replica/strait/west-0")) {
      Soon.seen(path, () -> worker.get(path).status(), status -> status == 200);
    }
    assertThat(worker.get("/primary/strait/west-0").status()).isEqualTo(503);
  }

  /** Else it watches the tests that follow. */
  private static void endWatch() {
    try {
      stage
          .service
          .client()
          .newUntypedWorkflowStub(RunIds.watch(new ClusterName(stage.cluster())))
          .terminate("the night is over");
    } catch (WorkflowNotFoundException neverBegun) {
      // what went wrong before is thrown
    }
  }

  /** Ann, whose key signs what she approves. */
  private Mooring ann() {
    Map<String, String> environment = new TreeMap<>(stage.lab.environment());
    environment.put("MOORING_APPROVAL_KEY", directory.resolve("ann.key").toString());
    return new Mooring(environment, stage.service.address());
  }

  /** The cluster file's lines that list her; the digest that a resilver brings is unsigned. */
  private String approvers() {
    Answer made = ann().type("setup --approval-key " + directory.resolve("ann.key"));
    return made.out()
        .lines()
        .filter(line -> line.startsWith("  - {"))
        .collect(Collectors.joining("\n", "approvers:\n", "\napprovals: {unsigned: allow}\n"));
  }

  private static void isWoken(MessageSinks sinks) {
    Soon.soon("a mail has the words to approve it", () -> asked(sinks.mailed()).isPresent());
    Soon.soon("the webhook has them too", () -> asked(sinks.posted()).isPresent());
  }

  private static void eachLeadsToTheRun(MessageSinks sinks) {
    String id = asked(sinks.mailed()).orElseThrow().group(1);
    WorkflowClient client = stage.service.client();
    String link =
        String.format(
            "%s/namespaces/%s/workflows/%s/%s/history",
            MessageSinks.WEB_UI,
            client.getOptions().getNamespace(),
            id,
            OpenExecutions.of(client, id).orElseThrow().getRunId());
    assertThat(List.of(sinks.mailed(), sinks.posted()))
        .allSatisfy(
            sent ->
                assertThat(sent)
                    .filteredOn(OnCallNight::asks)
                    .isNotEmpty()
                    .allMatch(message -> message.contains(link)));
  }

  /** With the metrics that no other test lets it read. */
  private void promtoolFindsNoFault(WorkerProgram worker) throws Exception {
    String served =
        Soon.seen(
            "it serves all of " + ClusterMetricsIT.NOT_HERE,
            () -> worker.get("/metrics").body(),
            all -> ClusterMetricsIT.NOT_HERE.stream().allMatch(one -> all.contains(one + "{")));
    assertThat(Promtool.complaintsAbout(served, directory))
        .noneMatch(complaint -> complaint.startsWith("mooring_"));
  }

  private static Optional<Matcher> asked(List<String> messages) {
    return messages.stream().map(APPROVE::matcher).filter(Matcher::find).findFirst();
  }

  /** Types what the page says, and holds what is printed against it; the report, typed last. */
  private String night(MessageSinks sinks) throws IOException {
    Matcher approve = asked(sinks.mailed()).orElseThrow();
    PageOfTheNight page = new PageOfTheNight(approve.group(1));
    page.shows(
        "Subject: ", sinks.mailed().stream().filter(OnCallNight::asks).findFirst().orElseThrow());
    String digest = approve.group(2);
    String printed = "";
    for (String line : page.commands()) {
      if (line.startsWith("status")) {
        assertThatThrownBy(() -> stage.lab.start(stage.lab.instance("east-0")))
            .hasMessageContaining("mooring_fenced_epoch_");
      }
      String typed = line.replace("RUN", approve.group(1)).replace("DIGEST", digest);
      Answer answer = line.startsWith("status") ? looked(page, typed) : ann().type(typed);
      assertThat(answer.status()).as(line + "\n" + answer.out() + answer.err()).isIn(AS_TYPED);
      page.shows("$ mooring " + line, answer.out());
      if (line.startsWith("plan ")) {
        digest = Replicated.digest(answer.out());
      }
      printed = answer.out();
    }
    return printed;
  }

  /** A cold worker may miss the seconds that a look has: it is typed until it sees all of it. */
  private Answer looked(PageOfTheNight page, String line) {
    return ann()
        .typeUntil(
            line,
            answer ->
                AS_TYPED.contains(answer.status())
                    && page.isShown("$ mooring " + line, answer.out()));
  }

  private static boolean asks(String message) {
    return APPROVE.matcher(message).find();
  }
}
