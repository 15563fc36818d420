package dev.mooring.worker;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a heartbeat every second for every activity: it means only that this worker lives. When the
 * answer is that the activity was cancelled or given to another worker, its thread is interrupted.
 *
 * <p>The progress that an adapter reports itself is repeated until it reports newer progress.
 */
final class WorkerHeartbeats extends WorkerInterceptorBase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerHeartbeats.class);

  private final EachSecond beating = new EachSecond("heartbeat");

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new Beaten(next);
  }

  @Override
  public void close() {
    beating.close();
  }

  private final class Beaten extends ActivityInboundCallsInterceptorBase {
    private @Nullable Remembering context;

    Beaten(ActivityInboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public void init(ActivityExecutionContext activity) {
      Remembering remembering = new Remembering(activity);
      context = remembering;
      super.init(remembering);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      Remembering activity = context;
      if (activity == null) {
        throw new IllegalStateException("executed before it was initialised");
      }
      Beat beat = new Beat(activity, Thread.currentThread());
      Future<?> running = beating.begin(beat);
      CallLabels labels = new CallLabels(activity.getInfo(), input.getArguments());
      try {
        return super.execute(input);
      } catch (RuntimeException failure) {
        RuntimeException why = beat.why(failure);
        FailedAttempt.log(activity.getInfo(), why);
        throw why;
      } finally {
        labels.close();
        running.cancel(false);
        beat.end();
      }
    }
  }

  /** The heartbeats of one activity. */
  private static final class Beat implements Runnable {
    private final Remembering activity;
    private final Thread thread;
    private @Nullable ActivityCompletionException ending;
    private boolean ended;

    Beat(Remembering activity, Thread thread) {
      this.activity = activity;
      this.thread = thread;
    }

    @Override
    public void run() {
      try {
        if (!isOver()) {
          activity.repeat();
        }
      } catch (ActivityCompletionException over) {
        interrupt(over);
      } catch (RuntimeException unheard) {
        log.debug("a beat of {} was not heard", activity.getInfo().getActivityType(), unheard);
      }
    }

    private synchronized boolean isOver() {
      return ending != null;
    }

    private synchronized void interrupt(ActivityCompletionException over) {
      if (!ended && ending == null) {
        ending = over;
        thread.interrupt();
      }
    }

    /** Temporal's answer about the activity if it made the activity fail; else its own failure. */
    synchronized RuntimeException why(RuntimeException failure) {
      if (ending == null) {
        return failure;
      }
      ending.addSuppressed(failure);
      return ending;
    }

    /** The thread goes back to its pool without an interrupt that was meant for this activity. */
    synchronized void end() {
      ended = true;
      if (ending != null) {
        Thread.interrupted();
      }
    }
  }

  /** A context that keeps the last reported progress. */
  private static final class Remembering extends ActivityExecutionContextBase {
    private volatile @Nullable Object last;

    Remembering(ActivityExecutionContext next) {
      super(next);
    }

    @Override
    public <V> void heartbeat(V details) {
      last = details;
      super.heartbeat(details);
    }

    void repeat() {
      super.heartbeat(last);
    }
  }
}
