package dev.mooring.activities.archive;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.LocalCommand;
import dev.mooring.activities.host.LocalCommand.End;
import dev.mooring.activities.host.WalCheck;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * WAL archives that are checked by commands, one process for each file, as the reference tool does
 * it: on the worker's machine, so that {@code ssh {host} …} reaches any archive.
 */
final class AskedWal {
  private static final int AT_ONCE = 32;

  /** One limit for the whole worker: the runs of many hosts call at once. */
  private final Semaphore places = new Semaphore(AT_ONCE);

  private final Duration atMost;

  /**
   * @param atMost how long one command may take
   */
  AskedWal(Duration atMost) {
    this.atMost = atMost;
  }

  /**
   * The files that are there.
   *
   * @throws InstanceRefusal if a command can't be run, doesn't end, or dies: that proves nothing
   */
  List<String> there(Site.Archive archive, ContentId content, Host host, List<String> files) {
    WalCheck check = WalCheck.of(archive, content, host).orElseThrow();
    Map<String, String> commands = new LinkedHashMap<>();
    files.forEach(file -> commands.put(file, check.about(file)));
    Map<String, End> ends = run(commands);
    List<String> there = new ArrayList<>();
    ends.forEach(
        (file, end) -> {
          if (check.isThere(file, end)) {
            there.add(file);
          }
        });
    return there;
  }

  private Map<String, End> run(Map<String, String> commands) {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(AT_ONCE, commands.size())));
    try {
      Map<String, Future<End>> running = new LinkedHashMap<>();
      commands.forEach((file, command) -> running.put(file, threads.submit(() -> one(command))));
      Map<String, End> ends = new LinkedHashMap<>();
      for (Map.Entry<String, Future<End>> each : running.entrySet()) {
        ends.put(each.getKey(), each.getValue().get());
      }
      return ends;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InstanceRefusal(FailureCode.CANCELLED, "the WAL checks were stopped");
    } catch (ExecutionException broken) {
      throw new IllegalStateException(broken.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private End one(String command) throws InterruptedException {
    places.acquire();
    try {
      return LocalCommand.run(command, atMost);
    } finally {
      places.release();
    }
  }
}
