package dev.mooring.fake;

import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What runs are told of each other: locks as the test says they are, consumers by their ids. */
public final class FakeRuns implements RunActivities {
  private static final LockObserved FREE =
      new LockObserved(LockState.FREE, "", new Holder("", "", ""));

  private final SortedMap<String, LockObserved> locks = new TreeMap<>();
  private final List<String> released = new ArrayList<>();
  private final List<EnsureConsumer> asked = new ArrayList<>();
  private ServiceObserved service = new ServiceObserved(List.of(), List.of());
  private boolean consumersRefused;
  private Runnable onRelease = () -> {};

  /** Says what is seen of a lock from now on. */
  public synchronized void lock(String lockId, LockObserved seen) {
    locks.put(lockId, seen);
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

  @Override
  public synchronized LockObserved observeLock(ObserveLock request) {
    return locks.getOrDefault(request.lockId(), FREE);
  }

  @Override
  public synchronized LockReleased releaseLock(ReleaseLock request) {
    released.add(request.lockRun());
    locks.remove(request.lockId());
    onRelease.run();
    return new LockReleased(true);
  }

  @Override
  public synchronized ConsumerStarted ensureConsumer(EnsureConsumer request) {
    if (consumersRefused) {
      throw FakeHost.failure(FailureCode.BUG, "no consumer can be started");
    }
    boolean running =
        asked.stream().anyMatch(before -> before.workflowId().equals(request.workflowId()));
    asked.add(request);
    return new ConsumerStarted(request.workflowId(), "run of " + request.workflowId(), !running);
  }

  /** What is seen of open runs and schedules from now on. */
  public synchronized void service(ServiceObserved seen) {
    service = seen;
  }

  @Override
  public synchronized ServiceObserved observeService(ObserveService request) {
    return service;
  }
}
