package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A PostgreSQL server of somebody else on this machine, which no lab may touch. */
final class ForeignServer implements AutoCloseable {
  private final Machine machine = Machine.found(System.getenv());
  private final Path directory;
  private final Path data;
  private final Path log;
  private final Set<LabProcess> processes;

  ForeignServer(Path parent) throws IOException {
    directory = parent.resolve("somebody-elses");
    data = directory.resolve("data");
    log = directory.resolve("log");
    machine.user().makeDirectory(directory);
    run("initdb", "--no-sync", "--auth=trust", "--pgdata=" + data);
    run(
        "pg_ctl",
        "--silent",
        "--wait",
        "--pgdata=" + data,
        "--log=" + log,
        "--options=-c listen_addresses= -c autovacuum=off -k " + directory,
        "start");
    processes = Set.copyOf(ProcessTable.workingIn(data));
  }

  /** Whether each of its first processes lives on, and its log tells of no shutdown. */
  boolean isUntouched() {
    try {
      return !processes.isEmpty()
          && ProcessTable.workingIn(data).containsAll(processes)
          && Files.readAllLines(log).stream()
              .noneMatch(line -> line.contains("shut") && line.contains("request"));
    } catch (IOException e) {
      throw new AssertionError("unreadable " + log, e);
    }
  }

  private void run(String program, String... arguments) {
    List<String> command = Command.join(List.of(machine.postgres(program)), List.of(arguments));
    Command.run(Path.of("/"), machine.user().as(command), Map.of());
  }

  @Override
  public void close() {
    run("pg_ctl", "--silent", "--wait", "--mode=immediate", "--pgdata=" + data, "stop");
    Command.run(Path.of("/"), List.of("rm", "-rf", directory.toString()), Map.of());
  }
}
