package dev.mooring.fake;

import dev.mooring.contract.Limit;
import dev.mooring.fake.ActivityFaults.Called;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Stops a run right before its first call of some kind. No such call goes on before the run has
 * heard of it: the test server (1.38.0) refuses a run's task that cancels a call which ended since
 * the task began, again and again, and the run hangs. A real server keeps such an end back until
 * the task is done.
 */
public final class StopAt {
  private final TestBed bed;
  private final String run;
  private final AtomicBoolean reported = new AtomicBoolean();

  /**
   * Of that run.
   *
   * @param run id of its workflow
   */
  public StopAt(TestBed bed, String run) {
    this.bed = bed;
    this.run = run;
  }

  /** Stops it once, before the first of these calls from now on. */
  public void before(Predicate<Called> calls, Runnable stop) {
    bed.faults()
        .before(
            calls,
            () -> {
              if (reported.compareAndSet(false, true)) {
                await(this::isQuietBeside);
                stop.run();
              }
              await(this::isHeard);
            });
  }

  private static void await(BooleanSupplier what) {
    try {
      if (!Limit.reached(30, what)) {
        throw new AssertionError("the run did not go on to where it can be stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Cluster files are compared and locks are looked at beside the calls of a step, and nothing
   * holds that back.
   */
  private boolean isQuietBeside() {
    List<String> events = bed.events(run);
    return Stream.of("ObserveClusterFile", "ObserveLock")
        .allMatch(
            call ->
                Collections.frequency(events, "scheduled " + call)
                    == Collections.frequency(events, "completed " + call));
  }

  /** It ended a task since it was told. */
  private boolean isHeard() {
    List<HistoryEvent> events = bed.client().fetchHistory(run).getEvents();
    long toldAt =
        events.stream()
            .filter(
                event ->
                    event.hasWorkflowExecutionSignaledEventAttributes()
                        || event.hasWorkflowExecutionCancelRequestedEventAttributes())
            .mapToLong(HistoryEvent::getEventId)
            .max()
            .orElse(Long.MAX_VALUE);
    return events.stream()
        .filter(HistoryEvent::hasWorkflowTaskCompletedEventAttributes)
        .anyMatch(event -> event.getEventId() > toldAt);
  }
}
