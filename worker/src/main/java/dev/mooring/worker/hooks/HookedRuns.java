package dev.mooring.worker.hooks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.activities.temporal.OpenExecutions;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.ObserveMonitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.worker.hooks.HookFile.Hook;
import dev.mooring.worker.hooks.HookFile.Rule;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Starts the run of an alert, once for its incident. */
final class HookedRuns {
  /** The SDK tries for a minute; the caller waits for less, and calls again. */
  static final Duration WITHIN = Duration.ofSeconds(8);

  private final ExecutorService starting =
      Executors.newCachedThreadPool(DaemonThreads.named("hook"));

  private final WorkflowClient client;
  private final RunActivities runs;
  private final Predicate<ClusterName> known;
  private final String webUi;
  private final Duration within;

  /**
   * @param runs reads the pause of automation
   * @param known whether there is a file of that cluster
   * @param webUi where Temporal's Web UI is, or empty
   * @param within how long Temporal is waited for
   */
  HookedRuns(
      WorkflowClient client,
      RunActivities runs,
      Predicate<ClusterName> known,
      String webUi,
      Duration within) {
    this.client = client;
    this.runs = runs;
    this.known = known;
    this.webUi = webUi;
    this.within = within;
  }

  /** Temporal does not answer: nothing is known to be started, and the call may be made again. */
  static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    Unavailable(String why) {
      super("Temporal does not take the run: " + why);
    }
  }

  /** More alerts than the hook takes. */
  static final class TooMany extends Exception {
    private static final long serialVersionUID = 1L;

    TooMany(Hook hook) {
      super("this hook starts " + hook.runsPerMinute() + " runs in a minute");
    }
  }

  /**
   * The result of an alert, for the answer to the call.
   *
   * @param rate the runs that may be started now: one is taken only if a rule matches, and given
   *     back if no run was started
   */
  ObjectNode of(Hook hook, HookedAlert alert, CallsPerMinute rate) throws Unavailable, TooMany {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("incident", alert.incident());
    Optional<Rule> rule = hook.rules().stream().filter(one -> matches(one, alert)).findFirst();
    if (rule.isEmpty()) {
      return ignored(answer, "no rule of hook " + hook.name() + " matches");
    }
    String named = alert.text(rule.get().runbook());
    Optional<HookedRunbook> runbook =
        HookedRunbook.named(named).filter(one -> rule.get().allowed().contains(named));
    if (runbook.isEmpty()) {
      return wrong(
          answer, String.format("this rule starts %s, not '%s'", rule.get().allowed(), named));
    }
    if (alert.resolved()) {
      return ignored(answer, "resolved: " + runbook.get().whenResolved());
    }
    Optional<ClusterName> cluster = cluster(alert.text(rule.get().cluster()));
    if (cluster.isEmpty()) {
      return wrong(answer, "no cluster file of '" + alert.text(rule.get().cluster()) + "' is here");
    }
    return started(answer, hook, rule.get(), runbook.get(), cluster.get(), alert, rate);
  }

  private static ObjectNode ignored(ObjectNode answer, String why) {
    return answer.put("ignored", why);
  }

  /** A rule matched, but can't be carried out: its author must be informed. */
  private static ObjectNode wrong(ObjectNode answer, String why) {
    return answer.put("error", why);
  }

  private static boolean matches(Rule rule, HookedAlert alert) {
    return rule.match().entrySet().stream()
        .allMatch(one -> alert.json().at(one.getKey()).asText("").equals(one.getValue()));
  }

  private Optional<ClusterName> cluster(String text) {
    try {
      return Optional.of(new ClusterName(text)).filter(known);
    } catch (IllegalArgumentException noName) {
      return Optional.empty();
    }
  }

  private ObjectNode started(
      ObjectNode answer,
      Hook hook,
      Rule rule,
      HookedRunbook runbook,
      ClusterName cluster,
      HookedAlert alert,
      CallsPerMinute rate)
      throws Unavailable, TooMany {
    Map<String, String> arguments = rule.argumentsOf(runbook);
    arguments.replaceAll((name, said) -> alert.text(said));
    if (arguments.containsValue("")) {
      return wrong(answer, "the alert does not have all of the arguments " + arguments);
    }
    String id;
    try {
      id = runbook.id(cluster, arguments) + ":" + alert.key();
    } catch (IllegalArgumentException noSite) {
      return wrong(answer, String.valueOf(noSite.getMessage()));
    }
    if (!rate.take(System.nanoTime())) {
      Optional<WorkflowExecution> there = waited(() -> last(id));
      return run(answer, there.orElseThrow(() -> new TooMany(hook)), false);
    }
    boolean taken = false;
    try {
      RawRequest input = request(hook, runbook, cluster, arguments, alert);
      ObjectNode result =
          startedUnlessPaused(answer, stub(hook, runbook, cluster, id), id, cluster, input);
      taken = result.path("started").asBoolean();
      return result;
    } finally {
      if (!taken) {
        rate.giveBack();
      }
    }
  }

  /** The last run of that id, also if it is over. */
  private Optional<WorkflowExecution> last(String id) {
    try {
      return Optional.of(client.newUntypedWorkflowStub(id).describe().getExecution());
    } catch (WorkflowNotFoundException none) {
      return Optional.empty();
    }
  }

  private ObjectNode startedUnlessPaused(
      ObjectNode answer, WorkflowStub stub, String id, ClusterName cluster, RawRequest input)
      throws Unavailable {
    Optional<Pause> paused = paused(cluster);
    if (paused.isPresent()) {
      // a pause ends no run of this incident that goes on
      Optional<WorkflowExecution> open = waited(() -> OpenExecutions.of(client, id));
      if (open.isPresent()) {
        return run(answer, open.get(), false);
      }
      return answer.put("paused", "automation of " + cluster + " is " + paused.get().inWords());
    }
    return started(answer, stub, input);
  }

  private static RawRequest request(
      Hook hook,
      HookedRunbook runbook,
      ClusterName cluster,
      Map<String, String> arguments,
      HookedAlert alert) {
    ObjectNode request = JsonNodeFactory.instance.objectNode().put("cluster", cluster.value());
    arguments.forEach(request::put);
    if (runbook.acts()) {
      request
          .put("mode", "execute")
          .put("by", RunContext.BY_HOOK + hook.name())
          .put("reason", "alert " + alert.key());
    }
    return new RawRequest(request);
  }

  /** An unreadable state counts as a pause: nothing is started, and the call may be repeated. */
  private Optional<Pause> paused(ClusterName cluster) throws Unavailable {
    ObserveMonitoring asked = new ObserveMonitoring(RunIds.watch(cluster));
    return waited(() -> runs.observeMonitoring(asked)).pauses().stream().findFirst();
  }

  private <T> T waited(Callable<T> call) throws Unavailable {
    Future<T> answer = starting.submit(call);
    try {
      return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      throw new Unavailable(
          cause instanceof ApplicationFailure refused
              ? refused.getOriginalMessage()
              : String.valueOf(cause.getMessage()));
    } catch (TimeoutException silent) {
      answer.cancel(true);
      throw new Unavailable("no answer within " + DurationText.seconds(within) + " s");
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      throw new Unavailable("this worker is ending");
    }
  }

  /** A run that was started under that id before is not started again, even if it is over. */
  private WorkflowStub stub(Hook hook, HookedRunbook runbook, ClusterName cluster, String id) {
    return client.newUntypedWorkflowStub(
        runbook.type(),
        WorkflowOptions.newBuilder()
            .setWorkflowId(id)
            .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
            .setStaticSummary(runbook.text() + " " + cluster + ", by hook " + hook.name())
            .setWorkflowIdReusePolicy(
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
            .setTypedSearchAttributes(
                io.temporal.common.SearchAttributes.newBuilder()
                    .set(SearchAttributes.CLUSTER, cluster.value())
                    .build())
            .build());
  }

  /** If it is started too late for this answer, the next call of this incident finds it. */
  private ObjectNode started(ObjectNode answer, WorkflowStub stub, RawRequest input)
      throws Unavailable {
    Begun begun = waited(() -> begun(stub, input));
    return run(answer, begun.run(), begun.now());
  }

  /** A run, and whether it was started now. */
  private record Begun(WorkflowExecution run, boolean now) {}

  private static Begun begun(WorkflowStub stub, RawRequest input) {
    try {
      return new Begun(stub.start(input), true);
    } catch (WorkflowExecutionAlreadyStarted there) {
      return new Begun(there.getExecution(), false);
    }
  }

  private ObjectNode run(ObjectNode answer, WorkflowExecution run, boolean begun) {
    answer.put("run", run.getWorkflowId()).put("runId", run.getRunId()).put("started", begun);
    if (!webUi.isEmpty()) {
      answer.put(
          "url",
          String.format(
              "%s/namespaces/%s/workflows/%s/%s",
              webUi.replaceFirst("/+$", ""),
              client.getOptions().getNamespace(),
              URLEncoder.encode(run.getWorkflowId(), StandardCharsets.UTF_8),
              run.getRunId()));
    }
    return answer;
  }
}
