package dev.mooring.runbook.watch;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.EnsureReaction;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.LockObservations;
import dev.mooring.runbook.OpenFailback;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.WatchPolicy;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts the runs by which a watch reacts: one StartPrimary in each boot of the primary's host, and
 * one Resilver, ReplicationSetup or Failover in each incident. The run decides for itself, by what
 * it observes under its locks; its id has the boot or the incident, so that Temporal refuses a
 * second one. What {@link FailingArchiver} does needs no run. The watch goes on while it calls.
 */
final class Reactions {
  /** The call is repeated for that long; a person, who is notified by then, starts a primary. */
  private static final Duration STARTED_WITHIN = Duration.ofMinutes(1);

  private final Cluster cluster;
  private final Automation automation;
  private final Consumer<String> note;
  private final List<String> boots = new ArrayList<>();
  private Optional<RebootedWriter> down = Optional.empty();
  private List<Incident> startable = List.of();
  private List<Incident> incidents;
  private final Map<Reaction, Backoff> backoffs = new EnumMap<>(Reaction.class);
  private final FailingArchiver archiver;
  private boolean calls;

  /**
   * Continues with the incidents of the run before.
   *
   * @param call for what the watch does itself
   * @param note takes the result of each call, in words
   */
  Reactions(
      Cluster cluster,
      Automation automation,
      Call call,
      List<Incident> incidents,
      Consumer<String> note) {
    this.cluster = cluster;
    this.archiver = new FailingArchiver(cluster, call);
    this.automation = automation;
    this.incidents = incidents;
    this.note = note;
  }

  List<Incident> incidents() {
    return incidents;
  }

  /**
   * Takes what is steady now.
   *
   * @param returns whether a primary that is down may return by itself: no Failover is started
   */
  void saw(List<SiteState> sites, boolean returns) {
    StreamingPolicy streaming = cluster.streaming().orElseThrow();
    WatchPolicy policy = streaming.watch();
    down =
        streaming.watchStartsAfterReboot() ? RebootedWriter.of(cluster, sites) : Optional.empty();
    archiver.saw(sites);
    Instant now = RunbookRun.now();
    List<Incident> before = incidents;
    startable = new ArrayList<>();
    incidents = new ArrayList<>();
    if (policy.failsOver().isPresent()) {
      List<Incident> failures = FailoverIncidents.found(cluster, sites, now);
      failures.stream()
          .filter(one -> !returns || one.reaction() != Reaction.FAILOVER)
          .forEach(startable::add);
      incidents.addAll(FailoverIncidents.after(cluster, sites, failures, before, now));
    }
    if (policy.setsSynchronous().isPresent()) {
      List<Incident> commits = SynchronousIncidents.found(cluster, sites, now);
      startable.addAll(SynchronousIncidents.startable(cluster, sites, commits));
      incidents.addAll(SynchronousIncidents.after(cluster, sites, commits, before, now));
    }
    if (policy.resilvers().isPresent()) {
      List<InstanceId> outdated = OutdatedStandbys.of(cluster, sites);
      startable.addAll(OutdatedStandbys.found(outdated, now));
      incidents.addAll(OutdatedStandbys.incidents(cluster, sites, outdated, before, now));
    }
  }

  /** Whether there is something to do now, and no person paused automation. */
  boolean isDue() {
    return !calls
        && automation.pauses().isEmpty()
        && (boot().isPresent() || incident().isPresent() || archiver.isDue());
  }

  private Optional<RebootedWriter> boot() {
    return down.filter(one -> !boots.contains(one.boot()));
  }

  private Optional<Incident> incident() {
    return incidents.stream()
        .filter(one -> !one.started() && isStartable(one))
        .filter(one -> !SynchronousIncidents.due(one).isAfter(RunbookRun.now()))
        .filter(one -> !backoff(one.reaction()).waits())
        .findFirst();
  }

  private boolean isStartable(Incident one) {
    return startable.stream().anyMatch(one::isAlike);
  }

  private Backoff backoff(Reaction reaction) {
    return backoffs.computeIfAbsent(reaction, none -> new Backoff());
  }

  /** Whether a call is under way, after which an incident has its run. */
  boolean calls() {
    return calls;
  }

  /** How long until the run for the next incident is due, if one is not yet. */
  Optional<Duration> next(Instant now) {
    return incidents.stream()
        .filter(one -> !one.started())
        .map(SynchronousIncidents::due)
        .filter(due -> due.isAfter(now))
        .min(Comparator.naturalOrder())
        .map(due -> Duration.between(now, due));
  }

  /** Begins to start the run that is due, or to free the archiver. */
  void begin() {
    calls = true;
    Optional<RebootedWriter> boot = boot();
    Optional<Incident> incident = incident();
    Async.procedure(
        () -> {
          try {
            note.accept(
                boot.map(this::start)
                    .or(() -> incident.map(this::react))
                    .orElseGet(archiver::free));
          } finally {
            calls = false;
          }
        });
  }

  private String start(RebootedWriter one) {
    boots.add(one.boot());
    EnsureReaction run =
        new EnsureReaction(
            cluster.name(),
            Runbook.START_PRIMARY,
            one.instance().id(),
            one.boot(),
            "its host started again",
            RunIds.startAfterReboot(cluster.name(), one.boot()),
            false);
    try {
      return started(run);
    } catch (TemporalFailure failure) {
      return notStarted(run, Explained.unlessStopped(failure).sentence());
    } finally {
      if (cluster.streaming().orElseThrow().watch().failsOver().isPresent()) {
        backoff(Reaction.FAILOVER).begin(true);
      }
    }
  }

  private EnsureReaction run(Incident one) {
    return new EnsureReaction(
        cluster.name(),
        switch (one.reaction()) {
          case RESILVER -> Runbook.RESILVER;
          case RELAX, RESTORE -> Runbook.REPLICATION_SETUP;
          case FAILOVER, AWAIT_FAILURE -> Runbook.FAILOVER;
        },
        one.instance(),
        switch (one.reaction()) {
          case RESILVER, RELAX, RESTORE -> one.since().toString();
          case FAILOVER -> "now";
          case AWAIT_FAILURE -> "primary-down";
        },
        switch (one.reaction()) {
          case RESILVER -> "it does not stream, or its slot is over its limit";
          case RELAX -> "its commits wait, and no synchronous standby streams";
          case RESTORE -> "standbys stream that its commits do not wait for";
          case FAILOVER -> "no member accepts writes since " + one.since();
          case AWAIT_FAILURE -> "it is the primary since " + one.since();
        },
        RunIds.reaction(cluster.name(), one),
        one.reaction() == Reaction.RELAX);
  }

  private String react(Incident one) {
    EnsureReaction run = run(one);
    boolean isStarted = false;
    try {
      Optional<String> other = otherRun(one).or(() -> changed(one));
      if (other.isPresent()) {
        return notStarted(run, other.get());
      }
      String result = started(run);
      isStarted = true;
      incidents = Incidents.reactedTo(one, incidents);
      return result;
    } catch (TemporalFailure failure) {
      return notStarted(run, Explained.unlessStopped(failure).sentence());
    } finally {
      backoff(one.reaction()).begin(isStarted);
    }
  }

  /** What has changed for a Failover while other runs were read. */
  private Optional<String> changed(Incident one) {
    boolean failover =
        switch (one.reaction()) {
          case FAILOVER, AWAIT_FAILURE -> true;
          case RESILVER, RELAX, RESTORE -> false;
        };
    return !failover || (automation.pauses().isEmpty() && boot().isEmpty() && isStartable(one))
        ? Optional.empty()
        : Optional.of("what it is for has changed meanwhile");
  }

  /**
   * The holder of a lock, an open Failback, the open run of an earlier incident of that kind, for a
   * Failover any open one, or what of them can't be read.
   */
  private Optional<String> otherRun(Incident one) {
    return new LockObservations(cluster, ActivityPolicies.OBSERVE)
        .heard().stream()
            .filter(
                seen ->
                    switch (seen.by()) {
                      case ANOTHER_RUN, NOT_SEEN -> true;
                      case NOBODY, THIS_RUN, A_RUN_THAT_IS_OVER -> false;
                    })
            .map(seen -> seen.site() + " is locked by " + seen.holder())
            .findFirst()
            .or(() -> openRun(one));
  }

  private Optional<String> openRun(Incident one) {
    String own = RunIds.reaction(cluster.name(), one);
    String alike = RunIds.reactions(cluster.name(), one);
    return switch (one.reaction()) {
      case RESILVER, RELAX, RESTORE ->
          OpenFailback.orRun(cluster.name(), id -> id.startsWith(alike) && !id.equals(own));
      case FAILOVER, AWAIT_FAILURE -> OpenFailback.orFailover(cluster.name(), own);
    };
  }

  private String started(EnsureReaction run) {
    RunActivities port =
        Workflow.newActivityStub(
            RunActivities.class,
            ActivityPolicies.within(
                ActivityPolicies.SHARED_QUEUE,
                "start " + run.runbook().type() + " for " + run.instance(),
                STARTED_WITHIN));
    return String.format(
        "%s: %s; %s %s",
        run.instance(),
        run.reason(),
        run.workflowId(),
        port.ensureReaction(run).started() ? "was started" : "was started before");
  }

  private static String notStarted(EnsureReaction run, String why) {
    return run.workflowId() + " was not started: " + why;
  }
}
