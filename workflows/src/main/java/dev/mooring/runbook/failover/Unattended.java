package dev.mooring.runbook.failover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.ConnectionActivities.LastWrite;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RehearsalActivities;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.ObserveRehearsed;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.UnattendedFailover;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides whether a run that waited for the primary to be gone continues without an approval. */
final class Unattended {
  private static final Duration READ_WITHIN = Duration.ofSeconds(5);

  /** How often a watch without an answer is asked again before a person is asked. */
  private static final int ASKED_AGAIN = 3;

  private static final Duration ASKED_AGAIN_AFTER = Duration.ofSeconds(5);

  private final RunContext context;
  private final boolean waits;
  private final Map<String, LastRehearsal> rehearsals = new TreeMap<>();
  private final Map<String, LastRehearsal> ofRunBefore = new TreeMap<>();
  private List<LastWrite> last = List.of();
  private Instant found = RunbookRun.now();
  private List<CheckRow> rows = List.of();
  private @Nullable Observed<Monitoring> monitoring;

  Unattended(RunContext context, FailoverRequest request) {
    this.context = context;
    this.waits = request.waits();
  }

  private Optional<UnattendedFailover> limits() {
    return waits
        ? context.cluster().streaming().flatMap(policy -> policy.failover().unattended())
        : Optional.empty();
  }

  /** Conditions for continuing alone; empty if a person must approve in any case. */
  List<CheckRow> rows() {
    return rows;
  }

  /** What was read so far, for the run that continues this one. */
  RehearsalsCarried carried() {
    Map<String, LastRehearsal> all = new TreeMap<>(ofRunBefore);
    all.putAll(rehearsals);
    return new RehearsalsCarried(
        context.cluster().digest(), Workflow.getInfo().getRunId(), List.copyOf(all.values()));
  }

  /** What the run before had read counts until a host answers, whatever that host shows. */
  void knows(RehearsalsCarried before) {
    before.read().forEach(last -> ofRunBefore.put(last.instance().value(), last));
  }

  /**
   * Reads the last fence rehearsals of all hosts in parallel, while they answer: if a host is
   * silent later, what was read before counts.
   */
  void readRehearsals(Call call) {
    read(call, context.cluster().members());
  }

  /** Reads a rehearsal again if no worker read it in this run, or its host was silent. */
  void readRehearsalUnlessKnown(Call call, Instance primary) {
    if (!rehearsals.containsKey(primary.id().value())) {
      read(call, List.of(primary));
    }
  }

  private void read(Call call, List<Instance> members) {
    Cluster cluster = context.cluster();
    List<Promise<@Nullable RehearsalsObserved>> hosts = new ArrayList<>();
    for (Instance member : members) {
      RehearsalActivities port =
          Workflow.newActivityStub(
              RehearsalActivities.class,
              ActivityPolicies.look(
                  ActivityPolicies.queueOf(member.site()),
                  "read when " + member.id() + "'s fence was rehearsed",
                  READ_WITHIN));
      hosts.add(
          Async.function(
                  port::observeRehearsed, new ObserveRehearsed(call, WorkLists.on(cluster, member)))
              .exceptionally(silent -> null));
    }
    for (int i = 0; i < hosts.size(); i++) {
      RehearsalsObserved read = hosts.get(i).get();
      if (read != null) {
        String member = members.get(i).id().value();
        ofRunBefore.remove(member);
        rehearsals.remove(member);
        read.last().forEach(last -> rehearsals.put(last.instance().value(), last));
      }
    }
  }

  /**
   * Records that the primary was found to be gone.
   *
   * @param seen its last write position; empty if it was not read
   */
  void found(List<LastWrite> seen) {
    found = RunbookRun.now();
    last = List.copyOf(seen);
  }

  /** What was read of that primary while it answered. */
  BeforeSilence beforeSilence(Instance primary) {
    String id = primary.id().value();
    return new BeforeSilence(
        Optional.ofNullable(rehearsals.get(id)).or(() -> Optional.ofNullable(ofRunBefore.get(id))),
        found,
        last);
  }

  /** Begins an observation: it is judged by the monitoring pause at that time. */
  void looksAnew() {
    monitoring = null;
  }

  /**
   * Judges what was observed.
   *
   * @param checks the rows of the plan
   */
  void judge(ObservedFailover observed, Move move, List<CheckRow> checks) {
    rows =
        limits()
            .map(limits -> UnattendedChecks.of(limits, observed, move, checks, pause()))
            .orElse(List.of());
  }

  /** Read once for each observation. */
  private Observed<Monitoring> pause() {
    Observed<Monitoring> seen = monitoring == null ? monitoring() : monitoring;
    monitoring = seen;
    return seen;
  }

  /**
   * Always read anew, because a person may have paused monitoring since. Without an answer it is
   * asked again: before the locks are taken, for as long as a worker takes to restart; under the
   * locks, once.
   */
  private Observed<Monitoring> monitoring() {
    Observed<Monitoring> seen = askWatch();
    for (int more = context.isLocked() ? 1 : ASKED_AGAIN; more > 0 && isUnseen(seen); more--) {
      if (!context.isLocked()) {
        Workflow.sleep(ASKED_AGAIN_AFTER);
      }
      seen = askWatch();
    }
    return seen;
  }

  private static boolean isUnseen(Observed<Monitoring> observed) {
    return observed instanceof Observed.Unseen<?>;
  }

  private Observed<Monitoring> askWatch() {
    return MonitoringLook.begin(Observations.despiteLoss(READ_WITHIN), context.cluster().name())
        .get();
  }

  /** Whether the cluster file allows the plan without an approval. */
  boolean nobodyIsAsked() {
    return limits().isPresent() && UnattendedChecks.nobodyIsAsked(rows);
  }

  /** Refuses a run without an approval if a person must approve by now. */
  void refuseUnlessAsBefore(boolean nobodyWasAsked) {
    if (nobodyWasAsked && !nobodyIsAsked()) {
      throw RunbookStop.refused(
          FailureCode.PREFLIGHT,
          "no person approved it, and by now one must: "
              + String.join("; ", rows.stream().map(CheckRow::inWords).toList()));
    }
  }
}
