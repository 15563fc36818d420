package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Message;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.port.NoticeActivities.SendingRun;
import dev.mooring.runbook.notice.NoticeWorkflow;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.NoticePolicy.Severity;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Sends a run's notices to people, in child runs that it starts and abandons. Their outcome never
 * stops the run; only at its end it waits until Temporal has started them.
 */
final class Notices {
  private static final Duration BEGUN_WITHIN = Duration.ofSeconds(5);

  /** Within this time a person who typed a run reads its refusal at the terminal. */
  private static final Duration AT_THE_TERMINAL = Duration.ofMinutes(2);

  private final String runbook;
  private final ClusterName cluster;
  private final boolean byHook;
  private final Supplier<List<String>> observed;
  private final Set<String> held = new TreeSet<>();
  private final List<Promise<WorkflowExecution>> begun = new ArrayList<>();
  private List<NoticePolicy> policies = List.of();
  private boolean alone;
  private Severity completed = Severity.CRITICAL;
  private boolean unneeded;
  private String requested = "";

  /**
   * For one run.
   *
   * @param byHook whether a hook started it: no person is at a terminal
   * @param observed the lines of its plan; none before it has one
   */
  Notices(String runbook, ClusterName cluster, boolean byHook, Supplier<List<String>> observed) {
    this.runbook = runbook;
    this.cluster = cluster;
    this.byHook = byHook;
    this.observed = observed;
  }

  /** From here on notices are sent by this policy; none if empty. */
  void by(List<NoticePolicy> channels) {
    policies = channels;
  }

  /** The run acts without an approval: its ending is sent in any case, a good one as that. */
  void actsAlone(Severity severity) {
    alone = true;
    completed = severity;
  }

  /** A plan waits for an approval, which these persons may not give. */
  void waits(List<String> unlessBy, String next) {
    requested = time();
    send(
        Event.WAITS,
        Severity.CRITICAL,
        new Message(
            unlessBy.isEmpty()
                ? runbook + " waits for a signed approval"
                : String.format(
                    "%s waits for an approval by another person than %s",
                    runbook, String.join(", ", unlessBy)),
            lines(),
            next),
        "");
  }

  private static String time() {
    return DateTimeFormatter.ofPattern("HH:mm:ssX")
        .format(RunbookRun.now().atOffset(ZoneOffset.UTC));
  }

  /** What the run saw when it made its plan, for a phone. */
  private List<String> lines() {
    List<String> lines = observed.get();
    int more = lines.size() - Plan.LINES_SHOWN;
    return more <= 0
        ? lines
        : Stream.concat(
                lines.stream().limit(Plan.LINES_SHOWN),
                Stream.of(more + " more lines: see the run"))
            .toList();
  }

  /**
   * The cause of the plan is gone, and its approval is no longer requested: the channels that sent
   * that it waits send that too, in place of an ending that needs no operator. A notice may arrive
   * before an older one: the time is that of the notice which requested the approval.
   */
  void needsNoApproval(String digest, String why) {
    unneeded = true;
    over(
        Severity.CRITICAL,
        new Message(
            String.format(
                "the approval of %s requested at %s (plan %s) is no longer needed: %s",
                Workflow.getInfo().getWorkflowId(),
                requested,
                digest.substring(0, Plan.SHORTEST_DIGEST),
                why),
            List.of(),
            Commands.status(cluster)));
  }

  /** A step holds: sent once, even if later attempts fail for another reason. */
  void holds(String step, String sentence, String next) {
    if (held.add(step)) {
      send(Event.HOLDS, Severity.CRITICAL, new Message(sentence, lines(), next), "");
    }
  }

  /** The step continues; if it holds again, that is sent again. */
  void goesOn(String step) {
    held.remove(step);
  }

  /** The run completed; sent only if no person approved it. */
  void completed(Outcome outcome, String headline) {
    if (alone) {
      send(
          Event.ENDED,
          completed,
          new Message(
              runbook + " ended " + outcome.failureType() + " without a person: " + headline,
              lines(),
              report()),
          "");
    }
  }

  /**
   * The run ended otherwise than Completed. A person who typed a run that was refused at once reads
   * it at the terminal. An ending that repeats with the runs of a schedule is sent every few hours.
   */
  void ended(Outcome outcome, boolean needsOperator, String headline, FailureCode code) {
    if (unneeded && !needsOperator) {
      return;
    }
    boolean scheduled = RunContext.isScheduled();
    boolean read =
        !scheduled && !byHook && outcome == Outcome.REFUSED && age().compareTo(AT_THE_TERMINAL) < 0;
    boolean needsPerson = needsOperator && !read;
    send(
        Event.ENDED,
        severity(outcome, needsPerson),
        new Message(
            runbook + " ended " + outcome.failureType() + ": " + headline,
            needsPerson ? lines() : List.of(),
            code.namesACommand() ? code.hint() : code.hint() + "; " + report() + " shows the run"),
        scheduled ? code.name() : "");
  }

  private static String report() {
    return Commands.report(Workflow.getInfo().getWorkflowId());
  }

  private Severity severity(Outcome outcome, boolean needsPerson) {
    return !needsPerson
        ? Severity.WARNING
        : alone || byHook || outcome == Outcome.STUCK ? Severity.CRITICAL : Severity.ERROR;
  }

  private static Duration age() {
    long started = Workflow.getInfo().getRunStartedTimestampMillis();
    return Duration.ofMillis(Workflow.currentTimeMillis() - started);
  }

  /** A watch found a diagnosis of that severity. */
  void opened(Severity severity, Message diagnosis) {
    send(Event.OPENED, severity, diagnosis, "");
  }

  /** A diagnosis of that severity is over: the channels that reported it report that too. */
  void over(Severity severity, Message diagnosis) {
    send(
        Event.OVER,
        Severity.INFO,
        diagnosis,
        "",
        policies.stream().map(policy -> policy.ofThose(severity)).toList());
  }

  private void send(Event event, Severity severity, Message message, String again) {
    send(event, severity, message, again, policies);
  }

  /**
   * Begins to send.
   *
   * @param again identifies a notice that is sent only every few hours if it repeats run after run;
   *     or empty
   */
  private void send(
      Event event, Severity severity, Message message, String again, List<NoticePolicy> to) {
    if (to.stream()
        .flatMap(policy -> policy.channels().stream())
        .noneMatch(channel -> channel.wants(severity))) {
      return;
    }
    // a reset run sends its ending again
    String which =
        again.isEmpty()
            ? Workflow.randomUUID().toString()
            : String.format(
                "%s:%s:%s:%d",
                runbook,
                again,
                severity,
                RunbookRun.now().getEpochSecond() / NoticePolicy.AGAIN_AFTER.toSeconds());
    Notice notice =
        new Notice(
            "mooring-notice:" + cluster + ":" + which,
            cluster,
            event,
            severity,
            new SendingRun(
                runbook, Workflow.getInfo().getWorkflowId(), Workflow.getInfo().getRunId(), ""),
            message,
            RunbookRun.now().toString());
    NoticePolicy policy = to.get(0);
    Workflow.newDetachedCancellationScope(() -> begin(notice, policy)).run();
  }

  private void begin(Notice notice, NoticePolicy policy) {
    NoticeWorkflow sending =
        Workflow.newChildWorkflowStub(
            NoticeWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(notice.key())
                .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .build());
    Async.function(sending::send, notice, policy);
    begun.add(Workflow.getWorkflowExecution(sending));
  }

  /** At the end of the run: child runs that Temporal has not started by then are lost. */
  void leave() {
    if (!begun.isEmpty()) {
      Workflow.newDetachedCancellationScope(
              () ->
                  Workflow.await(BEGUN_WITHIN, () -> begun.stream().allMatch(Promise::isCompleted)))
          .run();
    }
  }
}
