package dev.mooring.dev.endtoend;

import dev.mooring.port.ForCall;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A worker process that freezes as a whole (SIGSTOP) right before the first act of a step. Thawed,
 * it is the worst there is: it acts although it has heard by then that the act is no longer its
 * own.
 *
 * <p>Arguments: Temporal's address, the directory of cluster files, the step, the file that is
 * there once it freezes and in the end holds what its act came to.
 */
final class FreezingWorker {
  /** What the file holds of an act that was let through. */
  static final String ACTED = "it acted";

  private static final String FROZEN = "frozen";
  private static final long HEARS_WITHIN_MILLIS = 60_000;

  private FreezingWorker() {}

  public static void main(String[] arguments) throws InterruptedException {
    new SitesWorker(arguments[0])
        .serve(Path.of(arguments[1]), List.of(new Freezing(arguments[2], Path.of(arguments[3]))));
  }

  /** Whether the worker with that file is at its act. */
  static boolean isFrozen(Path file) {
    return Sites.says(file, FROZEN);
  }

  /** Whether the act of a thawed one has come to something. */
  static boolean hasTried(Path file) {
    return Files.exists(file) && !isFrozen(file);
  }

  private static final class Freezing extends WorkerInterceptorBase {
    private final String step;
    private final Path file;

    Freezing(String step, Path file) {
      this.step = step;
      this.file = file;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
      return new ActivityInboundCallsInterceptorBase(next) {
        @Override
        public ActivityOutput execute(ActivityInput input) {
          Object[] given = input.getArguments();
          boolean meant =
              given.length > 0
                  && given[0] instanceof ForCall call
                  && step.equals(call.call().step());
          if (!meant || Files.exists(file)) {
            return super.execute(input);
          }
          write(FROZEN);
          freeze();
          hearThatItIsAnothers();
          try {
            ActivityOutput output = super.execute(input);
            write(ACTED);
            return output;
          } catch (RuntimeException failure) {
            write(String.valueOf(failure.getMessage()));
            throw failure;
          }
        }
      };
    }

    private void write(String text) {
      Path beside = file.resolveSibling(file.getFileName() + ".new");
      try {
        Files.writeString(beside, text);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void freeze() {
      String self = Long.toString(ProcessHandle.current().pid());
      try {
        new ProcessBuilder("kill", "-STOP", self).start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException thawed) {
        // it was told before it had gone on
        Thread.currentThread().interrupt();
      }
    }

    /** The worker interrupts an act that Temporal has given to another one. */
    private static void hearThatItIsAnothers() {
      try {
        Thread.sleep(HEARS_WITHIN_MILLIS);
        throw new IllegalStateException("never told that the act is another worker's");
      } catch (InterruptedException reported) {
        return;
      }
    }
  }
}
