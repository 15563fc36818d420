package dev.mooring.dev.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.temporal.LocalTemporal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program {@code temporal-dev/lab} as a person types it, beside somebody else's servers. */
@Tag("all")
class LabLauncherIT {
  private static final Path LAUNCHER = LocalTemporal.scripts().resolve("lab");

  private static Path state;
  private static ForeignServer foreign;
  private static Lab lab;

  @BeforeAll
  static void up() throws IOException {
    state = Files.createTempDirectory("mooring-launched-labs");
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));
    foreign = new ForeignServer(state);
    assertThat(type("status"))
        .isEqualTo(
            new Command.Output(
                1,
                "lab: no lab is up in %s\nHINT: `temporal-dev/lab up fleet` makes one; --directory names one elsewhere.\n"
                    .formatted(state.resolve("mooring/labs"))));
    succeeds("up fleet --contents 1 --wal-file-size 1");
    lab = Lab.in(state.resolve("mooring/labs/harbour"));
  }

  @AfterAll
  static void down() {
    try {
      succeeds("down");
      assertThat(foreign.isUntouched()).isTrue();
    } finally {
      foreign.close();
      Command.run(Path.of("/"), List.of("rm", "-rf", state.toString()), Map.of());
    }
  }

  @Test
  void shows_where_every_instance_is_and_how_it_stands() {
    assertThat(status())
        .startsWith("cluster file " + lab.clusterFile() + "\n")
        .containsPattern("east-0 +east +0 +e0 +" + address("east-0") + " +running +in production")
        .containsPattern("west-0 +west +0 +w0 +" + address("west-0") + " +stopped ")
        .endsWith("load does not run\n");
  }

  @Test
  void makes_a_lab_beside_another_and_leaves_nothing_of_it_after_down() throws IOException {
    String said = succeeds("up postgres");
    Lab quay = Lab.in(state.resolve("mooring/labs/quay"));
    assertThat(said)
        .startsWith("lab quay is up after ")
        .endsWith(
            ". " + quay.directory() + "/env sets the environment for worker and command line\n");
    assertThat(Files.readString(quay.clusterFile())).contains("kind: postgres");
    assertThat(succeeds("status --name quay")).contains("east-0").doesNotContain("east-1");
    fails("status", "2 labs are up in ", ": harbour, quay\nHINT: name one with --name.\n");
    fails("up postgres", quay.directory() + " is there already\nHINT: take that lab down first");
    succeeds("load start --name quay");
    List<Long> processes = quay.processes();
    List<LabProcess> postmaster = postmaster();
    List<InetSocketAddress> addresses = addresses(quay);
    assertThat(addresses).allMatch(LabLauncherIT::answers);

    String gone = succeeds("down --name quay");

    assertThat(gone).endsWith("none left; " + quay.directory() + " removed\n");
    assertThat(processes).isNotEmpty().noneMatch(pid -> LabProcess.find(pid).isPresent());
    assertThat(quay.directory()).doesNotExist();
    assertThat(mounts()).noneMatch(mount -> mount.contains(quay.directory().toString()));
    assertThat(addresses).allMatch(LabLauncherIT::isFree);
    assertThat(postmaster()).hasSize(1).isEqualTo(postmaster);
    assertThat(foreign.isUntouched()).isTrue();
    fails("status --name quay", "no lab in " + quay.directory() + "\nHINT: ");
  }

  @Test
  void stops_starts_kills_freezes_and_thaws_a_server() {
    LabInstance east = lab.instance("east-0");
    succeeds("stop east-0");
    assertThat(status()).containsPattern("east-0 .* stopped +shut down\n");
    succeeds("start east-0");
    fails("start east-0", "lab: east-0 runs already\n");
    fails("break kill east-9", "lab: lab harbour has no instance east-9; it has east-0, west-0\n");
    assertThat(type("break earthquake east-0").status()).isEqualTo(2);
    succeeds("break kill east-0");
    assertThat(status()).containsPattern("east-0 .* stopped +in production\n");
    fails("break kill east-0", "lab: east-0 has no postmaster to signal\n");
    succeeds("start east-0");
    succeeds("break freeze east-0 --all");
    assertThat(ProcessTable.workingIn(east.dataDirectory())).isNotEmpty();
    Await.until(
        () -> ProcessTable.workingIn(east.dataDirectory()).stream().allMatch(p -> frozen(p)),
        () -> "not every process of east-0 was frozen");
    succeeds("break thaw east-0 --all");
    assertThat(ask(east, "SELECT 'it answers'")).isEqualTo("it answers");
  }

  @Test
  void kills_an_ssh_server_and_starts_it_again() {
    fails("break start-ssh w0", "lab: w0: its SSH server runs already\n");
    succeeds("break kill w0");
    assertThatThrownBy(() -> new Ssh(lab).run("w0", "true")).hasMessageContaining("refused");
    succeeds("break start-ssh w0");
    assertThat(new Ssh(lab).run("w0", "echo there")).isEqualTo("there\n");
  }

  @Test
  void breaks_an_archive_and_fixes_it() throws IOException {
    LabInstance east = lab.instance("east-0");
    succeeds("break archive-off 0");
    awaitCommand(east, "false");
    succeeds("break archive-on 0");
    awaitCommand(east, "archive-wal");
    String name = ask(east, "SELECT pg_walfile_name(pg_switch_wal())");
    Path file = lab.archive(0).resolve(name);
    Await.until(() -> Files.exists(file), () -> name + " was not archived");
    byte[] whole = Files.readAllBytes(file);

    succeeds("break flip-byte 0 " + name + " 5000");
    assertThat(Arrays.mismatch(Files.readAllBytes(file), whole)).isEqualTo(5000);
    succeeds("break flip-byte 0 " + name + " 5000");
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    succeeds("break hide-wal 0 " + name + "");
    assertThat(file).doesNotExist();
    fails("break hide-wal 0 " + name + "", "archive of content 0 has no " + name);
    succeeds("break show-wal 0 " + name + "");
    assertThat(file).hasBinaryContent(whole);
    fails("break show-wal 0 " + name + "", "content 0 has no hidden " + name);
    succeeds("break truncate-wal 0 " + name + " 4096");
    assertThat(file).hasSize(4096);
  }

  @Test
  void removes_a_target_and_brings_the_first_state_back() throws IOException {
    fails("restore", "lab: no snapshot in ");
    succeeds("snapshot");
    String before = succeeds("fingerprint e0");
    Path conf = lab.instance("west-0").dataDirectory().resolve("postgresql.auto.conf");
    String first = Files.readString(conf);
    succeeds("break delay-replay west-0 10");
    Path delayed = conf.resolveSibling("replay.delayed");
    assertThat(delayed).content().matches("\\d{10}\n");
    succeeds("break delay-replay west-0 0");
    assertThat(delayed).doesNotExist();
    Files.writeString(conf, first + "recovery_target_name = 'x'\nwork_mem = '5MB'\n");
    succeeds("break remove-target west-0");
    assertThat(conf).hasContent(first + "work_mem = '5MB'\n");
    assertThat(succeeds("fingerprint e0")).isNotEqualTo(before);
    succeeds("restore");
    assertThat(conf).hasContent(first);
    assertThat(succeeds("fingerprint e0")).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "break kill east-9           | 1 | lab harbour has no instance east-9; it has east-0,"
            + " west-0",
        "break freeze nowhere --all  | 1 | lab harbour has no instance nowhere; it has east-0,"
            + " west-0",
        "break kill west-0           | 1 | west-0 has no postmaster to signal",
        "break freeze west-0 --all   | 1 | west-0 has no processes to signal",
        "break start-ssh e9          | 1 | lab harbour has no host e9; it has e0, w0",
        "break remove-target east-9  | 1 | lab harbour has no instance east-9",
        "break archive-off 7         | 1 | lab harbour has no content 7; it has 0 to 0",
        "break hide-wal 7 F          | 1 | lab harbour has no content 7; it has 0 to 0",
        "break show-wal 7 F          | 1 | lab harbour has no content 7; it has 0 to 0",
        "break flip-byte 0 F 1       | 1 | the archive of content 0 has no F",
        "break truncate-wal 0 F 1    | 1 | the archive of content 0 has no F",
        "break archive-off x         | 2 | 'x' is not an int",
        "break earthquake            | 2 | 'earthquake'",
        "break kill                  | 2 | Missing required parameter:"
            + " 'INSTANCE|HOST|patroni:INSTANCE|etcd'",
        "break                       | 2 | Missing required subcommand",
        "start east-9                | 1 | lab harbour has no instance east-9",
        "load check north            | 1 | lab harbour has no site north",
        "fingerprint x               | 1 | lab harbour has no host x",
        "up village                  | 2 | expected one of [fleet, postgres, streaming,"
            + " greenplum-like]",
        "up fleet --haproxy          | 1 | --standbys, --bare, --follows, --config-outside,"
            + " --pgbouncer, --haproxy and --patroni are of streaming, the lab is to be fleet",
        "up streaming --standbys 9   | 1 | standbys must be 1 to 8, got 9",
        "up fleet --contents 0       | 1 | contents must be 1 to 64, got 0",
        "up fleet --wal-file-size 3  | 1 | WAL file size in MB must be a power of two, got 3",
        "up fleet --name A           | 1 | lab name must be 1 to 31 of a-z 0-9 _ -",
        "sail                        | 2 | 'sail'",
      })
  void says_what_is_wrong_with_what_was_typed(String line, int status, String complaint) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);
    int ended =
        LabMain.commandLine(environment()).setOut(out).setErr(out).execute(line.split(" ", -1));
    assertThat(said.toString()).contains(complaint);
    assertThat(ended).isEqualTo(status);
  }

  private static Command.Output type(String words) {
    List<String> line =
        Stream.concat(Stream.of(LAUNCHER.toString()), Stream.of(words.split(" ", -1))).toList();
    return Command.attempt(Path.of("/"), line, environment());
  }

  private static Map<String, String> environment() {
    return Map.of(
        "XDG_STATE_HOME", state.toString(), "PATH", Objects.requireNonNull(System.getenv("PATH")));
  }

  private static String succeeds(String words) {
    Command.Output output = type(words);
    assertThat(output.status()).as(words + ": " + output.text()).isZero();
    return output.text();
  }

  private static void fails(String words, String... complaints) {
    Command.Output output = type(words);
    assertThat(output.status()).as(words + ": " + output.text()).isEqualTo(1);
    assertThat(output.text()).startsWith("lab: ").contains(complaints);
  }

  private static String status() {
    return succeeds("status");
  }

  private static String address(String instance) {
    LabInstance of = lab.instance(instance);
    return of.host().address() + ":" + of.port();
  }

  private static List<InetSocketAddress> addresses(Lab of) {
    return Stream.concat(
            of.hosts().stream().map(h -> new InetSocketAddress(h.address(), h.sshPort())),
            of.instancesAt("east").stream()
                .map(i -> new InetSocketAddress(i.host().address(), i.port())))
        .toList();
  }

  /** Nobody on this machine has it: whoever answers there then is another machine. */
  private static boolean isFree(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      return true;
    } catch (BindException e) {
      return String.valueOf(e.getMessage()).contains("assign");
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean answers(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What every process of this machine that may be looked at has mounted. */
  private static List<String> mounts() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes.map(LabLauncherIT::mountsOf).toList();
    }
  }

  private static String mountsOf(Path process) {
    try {
      return Files.readString(process.resolve("mountinfo"));
    } catch (IOException e) {
      return ""; // no process, or one that has ended
    }
  }

  private static List<LabProcess> postmaster() {
    return PostmasterFile.read(lab.instance("east-0").dataDirectory()).stream()
        .flatMap(file -> LabProcess.find(file.pid()).stream())
        .toList();
  }

  private static boolean frozen(LabProcess process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"))
          .contains(") T ");
    } catch (IOException e) {
      return false;
    }
  }

  private static void awaitCommand(LabInstance instance, String expected) {
    Await.until(
        () -> ask(instance, "SHOW archive_command").contains(expected),
        () -> "the archive command was not " + expected);
  }

  private static String ask(LabInstance instance, String query) {
    try (Connection connection = lab.connect(instance);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new AssertionError(instance.id() + " did not answer " + query, e);
    }
  }
}
