package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which processes are those of a data directory's server. */
class ProcessScriptTest {
  @TempDir Path directory;

  private final List<Process> servers = new ArrayList<>();
  private Path data;
  private Path other;
  private Path program;

  @BeforeEach
  void twoDirectories() throws IOException {
    data = Files.createDirectory(directory.toRealPath().resolve("data"));
    other = Files.createDirectory(directory.toRealPath().resolve("other"));
    program = Files.copy(Path.of("/bin/sleep"), directory.toRealPath().resolve("postgres"));
  }

  @AfterEach
  void end() {
    servers.forEach(Process::destroyForcibly);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_container_s_server_at_the_same_path_is_none_of_this_directory(List<String> shell)
      throws Exception {
    long pid =
        started(
            Stream.concat(
                    "root".equals(System.getProperty("user.name"))
                        ? Stream.of("unshare", "--mount")
                        : Stream.of("unshare", "--map-root-user", "--mount"),
                    Stream.of(
                        "sh", "-c", "mount --bind \"$2\" \"$1\" && cd \"$1\" && exec \"$3\" 60"))
                .toList());

    assertThat(state(shell)).isEqualTo("STOPPED");
    Files.writeString(data.resolve("postmaster.pid"), pid + "\n");
    assertThat(state(shell)).isEqualTo("STOPPED");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_server_of_this_directory_is_found_with_and_without_its_file(List<String> shell)
      throws Exception {
    long pid = started(List.of("sh", "-c", "cd \"$1\" && exec \"$3\" 60"));

    assertThat(state(shell)).isEqualTo("ORPHANED");
    Files.writeString(data.resolve("postmaster.pid"), pid + "\n");
    assertThat(state(shell)).isEqualTo("RUNNING");
  }

  /** Its process id, once it works in a directory that it calls like the data directory. */
  private long started(List<String> command) throws Exception {
    List<String> words = new ArrayList<>(command);
    Stream.of("sh", data, other, program).map(String::valueOf).forEach(words::add);
    Process server = new ProcessBuilder(words).inheritIO().start();
    servers.add(server);
    Path process = Path.of("/proc", String.valueOf(server.pid()));
    assertThat(
            Limit.reached(
                10,
                () ->
                    leads(process.resolve("exe"), program) && leads(process.resolve("cwd"), data)))
        .isTrue();
    return server.pid();
  }

  private static boolean leads(Path link, Path target) {
    try {
      return Files.readSymbolicLink(link).equals(target);
    } catch (IOException notYet) {
      return false;
    }
  }

  private String state(List<String> shell) throws Exception {
    return Sh.saidBy(
            shell,
            Script.resource(Script.class, "prelude.sh")
                + Script.resource(Script.class, "process.sh")
                + "process_state \"$1\"; echo \"$state\"",
            data)
        .strip();
  }
}
