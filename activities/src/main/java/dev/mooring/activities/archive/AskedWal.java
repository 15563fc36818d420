package dev.mooring.activities.archive;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.LocalCommand;
import dev.mooring.activities.host.LocalCommand.End;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ArchiveKind;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * WAL archives that commands are asked about, one process for each file, as the reference tool does
 * it: on the worker's machine, so that {@code ssh {host} …} is a way to any archive.
 */
final class AskedWal {
  private static final int AT_ONCE = 32;
  private static final int NOT_FOUND = 126;
  private static final String THERE = "EXISTS";

  /** One for the whole worker: the runs of many hosts ask at once. */
  private final Semaphore places = new Semaphore(AT_ONCE);

  private final Duration atMost;

  /**
   * @param atMost how long one command may take
   */
  AskedWal(Duration atMost) {
    this.atMost = atMost;
  }

  /** The command that is asked about a content's files, if the archive is of that kind. */
  static Optional<String> command(Site.Archive archive, ContentId content) {
    return asked(archive).flatMap(kind -> kind.commandOf(content));
  }

  private static Optional<ArchiveKind.Asked> asked(Site.Archive archive) {
    return archive.kinds().stream()
        .filter(ArchiveKind.Asked.class::isInstance)
        .map(ArchiveKind.Asked.class::cast)
        .findFirst();
  }

  /**
   * Those of the files that are there.
   *
   * @throws InstanceRefusal when a command can't be run, doesn't end, or dies: that says nothing
   */
  List<String> there(Site.Archive archive, ContentId content, Host host, List<String> files) {
    Map<String, String> commands = new LinkedHashMap<>();
    String template = command(archive, content).orElseThrow();
    files.forEach(f -> commands.put(f, filled(template, archive.directoryOf(content), host, f)));
    boolean byOutput = asked(archive).orElseThrow().success() == ArchiveKind.Success.OUTPUT;
    Map<String, End> ends = run(commands);
    List<String> there = new ArrayList<>();
    ends.forEach(
        (file, end) -> {
          if (isThere(file, end, byOutput)) {
            there.add(file);
          }
        });
    return there;
  }

  private static String filled(String template, String directory, Host host, String file) {
    return LocalCommand.fill(
        template,
        Map.of(
            "archive_dir",
            directory,
            "wal_filename",
            file,
            "wal_path",
            directory + "/" + file,
            "host",
            host.access().address()));
  }

  private static boolean isThere(String file, End end, boolean byOutput) {
    if (end instanceof End.Exited exited && exited.status() < NOT_FOUND) {
      return byOutput ? exited.output().contains(THERE) : exited.status() == 0;
    }
    throw new InstanceRefusal(
        FailureCode.STATE_UNREADABLE, "the WAL check of " + file + " " + end.inWords());
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
