package dev.mooring.activities.jdbc;

import dev.mooring.activities.host.LocalCommand;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Barrier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A barrier entered and left by commands on this host. The enter command finds in {@code
 * MOORING_BARRIER_SECONDS} how long it may hold, so that it can release the barrier itself if this
 * process dies.
 */
final class CommandBarrier implements PointBarrier {
  private static final Logger log = LoggerFactory.getLogger(CommandBarrier.class);

  private final Barrier.Command barrier;
  private boolean toLeave;

  CommandBarrier(Barrier.Command barrier) {
    this.barrier = barrier;
  }

  @Override
  public void prepare() {
    // the command runs here: there is no server to connect to
  }

  @Override
  public void enter(Deadline deadline) throws DatabaseFault {
    toLeave = true;
    try {
      run("enter", barrier.enter(), deadline.left());
    } catch (DatabaseFault notEntered) {
      try {
        leave();
      } catch (DatabaseFault notLeft) {
        log.warn("{}", notLeft.sentence());
      }
      throw notEntered;
    }
  }

  @Override
  public void leave() throws DatabaseFault {
    if (toLeave) {
      toLeave = false;
      run("leave", barrier.leave(), barrier.timeout());
    }
  }

  private void run(String which, String command, Duration atMost) throws DatabaseFault {
    try {
      Path output = Files.createTempFile("mooring-barrier", ".out");
      try {
        Process process = start(command, output);
        if (!finished(process, atMost)) {
          throw refused(which, "did not end within " + atMost);
        }
        if (process.exitValue() != 0) {
          throw refused(which, "ended with status " + process.exitValue() + said(output));
        }
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException unstartable) {
      throw refused(which, "can't be run: " + unstartable.getMessage());
    }
  }

  private Process start(String command, Path output) throws IOException {
    ProcessBuilder builder =
        LocalCommand.shell(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder
        .environment()
        .put("MOORING_BARRIER_SECONDS", Long.toString(Math.max(1, barrier.timeout().toSeconds())));
    return builder.start();
  }

  /** Waits on through an interrupt, which is kept: an application must not be left held. */
  private static boolean finished(Process process, Duration atMost) {
    Deadline deadline = Deadline.in(atMost);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (process.waitFor(deadline.left().toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
          }
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
          return false;
        } catch (InterruptedException cancelled) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String said(Path output) throws IOException {
    String line = LocalCommand.firstLine(output);
    return line.isEmpty() ? "" : ": " + line;
  }

  private static DatabaseFault refused(String which, String what) {
    String held = which.equals("leave") ? "; applications may still be held" : "";
    return new DatabaseFault(
        FailureCode.BARRIER_NOT_REACHED, "the barrier's " + which + " command " + what + held);
  }
}
