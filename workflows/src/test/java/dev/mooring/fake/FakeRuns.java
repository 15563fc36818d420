package dev.mooring.fake;

import dev.mooring.contract.RunsWorld;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** The runs, locks and consumers that runs are told of: those that a test opened. */
public final class FakeRuns implements RunActivities, RunsWorld {
  private static final LockObserved FREE =
      new LockObserved(LockState.FREE, "", new Holder("", "", ""));
  private static final Instant FIRST = Instant.parse("2030-01-01T00:00:00Z");

  private final SortedMap<String, Run> open = new TreeMap<>();
  private final SortedMap<String, Lock> locks = new TreeMap<>();
  private final List<ScheduleStanding> schedules = new ArrayList<>();
  private final List<String> released = new ArrayList<>();
  private final List<EnsureConsumer> asked = new ArrayList<>();
  private final List<EnsureReaction> reactions = new ArrayList<>();
  private int started;
  private boolean consumersRefused;
  private Optional<Monitoring> monitoring = Optional.of(new Monitoring(true, List.of(), List.of()));
  private Runnable onRelease = () -> {};
  private Function<String, Optional<LockObserved>> taken = lockId -> Optional.empty();
  private Predicate<StopRun> stopped = request -> false;

  private record Run(
      ClusterName cluster,
      String id,
      String run,
      String runbook,
      int order,
      List<String> reported) {}

  private record Lock(String run, Holder holder) {}

  @Override
  public RunActivities runs() {
    return this;
  }

  @Override
  public synchronized String open(ClusterName cluster, String workflowId, String runbook) {
    started++;
    String run = "run " + started + " of " + workflowId;
    open.put(workflowId, new Run(cluster, workflowId, run, runbook, started, new ArrayList<>()));
    return run;
  }

  @Override
  public synchronized void end(String workflowId) {
    open.remove(workflowId);
  }

  @Override
  public synchronized String lock(String lockId, Holder holder) {
    String run = "run of " + lockId;
    locks.put(lockId, new Lock(run, holder));
    return run;
  }

  @Override
  public synchronized List<String> reported(String workflowId) {
    return List.copyOf(run(workflowId).orElseThrow().reported());
  }

  /** A schedule is there from now on. */
  public synchronized void schedule(ScheduleStanding standing) {
    schedules.add(standing);
  }

  /** Beside the locks that a test told of, runs have taken those by themselves. */
  synchronized void taken(Function<String, Optional<LockObserved>> locks) {
    taken = locks;
  }

  /** And those runs are ended so. */
  synchronized void stopped(Predicate<StopRun> runs) {
    stopped = runs;
  }

  /** What happens when a lock is terminated. */
  public synchronized void onRelease(Runnable act) {
    onRelease = act;
  }

  /** No consumer can be started from now on. */
  public synchronized void refuseConsumers() {
    consumersRefused = true;
  }

  /** Every consumer that was asked for. */
  public synchronized List<EnsureConsumer> asked() {
    return List.copyOf(asked);
  }

  /** The runs of locks that were terminated. */
  public synchronized List<String> released() {
    return List.copyOf(released);
  }

  private Optional<Run> run(String workflowId) {
    return Optional.ofNullable(open.get(workflowId));
  }

  @Override
  public synchronized LockObserved observeLock(ObserveLock request) {
    Lock lock = locks.get(request.lockId());
    if (lock == null) {
      return taken.apply(request.lockId()).orElse(FREE);
    }
    boolean held =
        run(lock.holder().workflowId())
            .filter(run -> run.run().equals(lock.holder().originalRun()))
            .isPresent();
    return new LockObserved(held ? LockState.HELD : LockState.ABANDONED, lock.run(), lock.holder());
  }

  @Override
  public synchronized LockReleased releaseLock(ReleaseLock request) {
    Lock lock = locks.get(request.lockId());
    if (lock == null || !lock.run().equals(request.lockRun())) {
      return new LockReleased(false);
    }
    released.add(request.lockRun());
    locks.remove(request.lockId());
    onRelease.run();
    return new LockReleased(true);
  }

  @Override
  public synchronized RunStopped ensureRunStopped(StopRun request) {
    Holder holder = request.holder();
    boolean mine =
        run(holder.workflowId()).filter(run -> run.run().equals(holder.originalRun())).isPresent();
    if (mine && request.atOnce()) {
      end(holder.workflowId());
    }
    return new RunStopped(mine || stopped.test(request));
  }

  @Override
  public synchronized ConsumerStarted ensureConsumer(EnsureConsumer request) {
    if (consumersRefused) {
      throw FakeHost.failure(FailureCode.BUG, "no consumer can be started");
    }
    asked.add(request);
    Optional<Run> consuming = consuming(request).or(() -> run(request.workflowId()));
    if (consuming.isPresent()) {
      consuming.get().reported().add(request.publishedBy());
      return new ConsumerStarted(consuming.get().id(), consuming.get().run(), false);
    }
    String run = open(request.cluster(), request.workflowId(), "DrConsume");
    return new ConsumerStarted(request.workflowId(), run, true);
  }

  @Override
  public synchronized ReactionStarted ensureReaction(EnsureReaction request) {
    reactions.add(request);
    boolean first =
        reactions.stream().filter(one -> one.workflowId().equals(request.workflowId())).count()
            == 1;
    if (first) {
      open(request.cluster(), request.workflowId(), request.runbook().type());
    }
    return new ReactionStarted(first);
  }

  /** Every run of a watch that was asked for. */
  public synchronized List<EnsureReaction> reactions() {
    return List.copyOf(reactions);
  }

  private Optional<Run> consuming(EnsureConsumer request) {
    String lockId = LockWorkflow.idOf(request.cluster(), request.site());
    LockObserved lock = observeLock(new ObserveLock(lockId));
    String holder = lock.holder().workflowId();
    return lock.state() == LockState.HELD && !holder.equals(request.ending())
        ? run(holder).filter(run -> run.runbook().equals("DrConsume"))
        : Optional.empty();
  }

  /** What the watch of clusters says from now on; nothing where it can't be read. */
  public synchronized void monitoring(Optional<Monitoring> says) {
    monitoring = says;
  }

  @Override
  public synchronized Monitoring observeMonitoring(ObserveMonitoring request) {
    return monitoring.orElseThrow(
        () -> FakeHost.failure(FailureCode.OUTCOME_UNKNOWN, "the watch does not answer"));
  }

  @Override
  public synchronized ServiceObserved observeService(ObserveService request) {
    return new ServiceObserved(
        open.values().stream()
            .filter(run -> run.cluster().equals(request.cluster()))
            .sorted(Comparator.comparing(Run::order).reversed())
            .map(run -> new OpenRun(run.id(), run.runbook(), FIRST.plusSeconds(run.order()), ""))
            .toList(),
        schedules.stream()
            .filter(schedule -> request.scheduleIds().contains(schedule.id()))
            .toList());
  }
}
