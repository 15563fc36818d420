package dev.mooring.dev.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Removes a lab in any state, and checks whether anything is left. Servers get an immediate
 * shutdown, by which they remove their shared memory themselves; processes that live after that are
 * killed.
 */
final class LabRemoval {
  private static final Duration QUIET_LIMIT = Duration.ofSeconds(3);

  private final LabRecord record;
  private final LabServers servers;

  LabRemoval(LabRecord record) {
    this.record = record;
    this.servers = new LabServers(record);
  }

  void remove() {
    Layout layout = record.layout();
    LabDisk.resumeAll(layout);
    List<PostmasterFile> postmasters =
        layout.dataDirectories().stream()
            .flatMap(directory -> PostmasterFile.read(directory).stream())
            .toList();
    // the namespaces are known only while their keepers live, so all is found before any is killed
    List<LabProcess> all = servers.processes();
    List<LabProcess> running =
        all.stream()
            .filter(process -> postmasters.stream().anyMatch(p -> p.pid() == process.pid()))
            .toList();
    for (LabProcess postmaster : running) {
      postmaster.signal(Signal.QUIT);
      postmaster.signal(Signal.CONT);
    }
    Await.reached(QUIET_LIMIT, () -> running.stream().noneMatch(LabProcess::alive));
    all.forEach(process -> process.signal(Signal.KILL));
    Await.until(() -> all.stream().noneMatch(LabProcess::alive), this::stillThere);
    Await.until(this::killRest, this::stillThere);
    postmasters.forEach(postmaster -> postmaster.sharedMemory().ifPresent(SharedMemory::remove));
    LabDisk.removeAll(layout);
    removeDirectory(layout.directory());
    record.bridge().ifPresent(Bridge::remove);
    Network.release(layout.directory(), layout.network());
    proveGone(postmasters);
  }

  /** Kills processes that were started meanwhile; returns whether none is left. */
  private boolean killRest() {
    List<LabProcess> rest = servers.processes();
    rest.forEach(process -> process.signal(Signal.KILL));
    return rest.isEmpty();
  }

  private void proveGone(List<PostmasterFile> postmasters) {
    List<LabProcess> left = servers.processes();
    List<Long> memory =
        postmasters.stream()
            .flatMapToLong(postmaster -> postmaster.sharedMemory().stream())
            .filter(SharedMemory::exists)
            .boxed()
            .toList();
    boolean directory = Files.exists(record.layout().directory());
    if (!left.isEmpty() || !memory.isEmpty() || directory) {
      throw new LabFailure(
          "lab %s is not gone: processes %s, shared memory %s, directory %s"
              .formatted(
                  record.layout().plan().name(),
                  left,
                  memory,
                  directory ? record.layout().directory() : "removed"));
    }
  }

  private String stillThere() {
    return "lab %s: processes %s did not end"
        .formatted(record.layout().plan().name(), servers.processes());
  }

  private static void removeDirectory(Path directory) {
    Command.run(Path.of("/"), List.of("rm", "-rf", directory.toString()), Map.of());
  }
}
