package dev.mooring.dev.endtoend;

import dev.mooring.port.ForCall;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.ResetStickyTaskQueueRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A worker process that halts, as if by kill -9, once before and once after the first call of each
 * step, or of each act of a step; run again, it goes on to the next point. The points it hit stand
 * in a directory, a file each.
 *
 * <p>It waits for a line before it serves, so that one can be held ready. That the worker before it
 * is dead is noticed after 2 s instead of 5 s, and the run is not held for that worker: the tests
 * do little but wait for that. What a call may take in all is longer: at each two workers die.
 *
 * <p>Arguments: Temporal's address, the directory of cluster files, the directory of points, the id
 * of the run; {@link #EACH_ACT} for points that have the act's name behind the step's.
 */
final class HaltingWorker {
  /** A point with this behind its name is where no worker serves any more. */
  static final String FOR_GOOD = ".for-good";

  /** A step may have more than one act; with this each has its own points. */
  static final String EACH_ACT = "each-act";

  private static final String DEAD = "dead";

  /** The status of a process that halted at a point. */
  static final int HALTED = 137;

  private HaltingWorker() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    SitesWorker worker = new SitesWorker(arguments[0]);
    if (System.in.read() < 0) {
      return;
    }
    if (Files.exists(Path.of(arguments[2]).resolve(DEAD))) {
      new CountDownLatch(1).await();
    }
    forgetTheDeadWorker(worker.client(), arguments[3]);
    worker.serve(
        Path.of(arguments[1]),
        List.of(
            new Halting(Path.of(arguments[2]), List.of(arguments).contains(EACH_ACT)),
            Impatience.ofKilledWorkers()));
  }

  /** Lets the run's next task be anybody's; else Temporal holds it for the worker that had it. */
  static void forgetTheDeadWorker(WorkflowClient client, String run) {
    client
        .getWorkflowServiceStubs()
        .blockingStub()
        .resetStickyTaskQueue(
            ResetStickyTaskQueueRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(run))
                .build());
  }

  private static final class Halting extends WorkerInterceptorBase {
    private final Path points;
    private final boolean eachAct;

    Halting(Path points, boolean eachAct) {
      this.points = points;
      this.eachAct = eachAct;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
      return new ActivityInboundCallsInterceptorBase(next) {
        private String type = "";

        @Override
        public void init(ActivityExecutionContext context) {
          type = context.getInfo().getActivityType();
          super.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
          String step = step(input.getArguments());
          haltOnce(step + ".before");
          ActivityOutput output = super.execute(input);
          haltOnce(step + ".after");
          return output;
        }

        private String step(Object[] given) {
          if (given.length > 0 && given[0] instanceof ForCall call) {
            return call.call().step() + (eachAct ? "." + type : "");
          }
          return type;
        }
      };
    }

    /** No other act goes past a point while this one halts. */
    private synchronized void haltOnce(String point) {
      try {
        Files.createFile(points.resolve(point));
        if (Files.exists(points.resolve(point + FOR_GOOD))) {
          Files.createFile(points.resolve(DEAD));
        }
        Runtime.getRuntime().halt(HALTED);
      } catch (FileAlreadyExistsException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
