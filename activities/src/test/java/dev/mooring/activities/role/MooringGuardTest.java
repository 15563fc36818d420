package dev.mooring.activities.role;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mooring.activities.host.StartGuard;
import dev.mooring.contract.Limit;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The start guard, run by the shells that may be /bin/sh on a host. Most tests wait for a second in
 * which it sleeps, each in a directory of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
class MooringGuardTest {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  @TempDir Path directory;
  private Path data = Path.of("/nonexistent");

  static Stream<List<String>> shells() {
    return Stream.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"));
  }

  @BeforeEach
  void aStandby() throws IOException {
    data = Files.createDirectory(directory.resolve("the data"));
    Files.writeString(data.resolve("postgresql.conf"), "port = 5432\n");
    Files.writeString(data.resolve("postgresql.auto.conf"), "primary_slot_name = 'west_0'\n");
    Files.createFile(data.resolve("standby.signal"));
  }

  private Path authority() {
    return directory.resolve("0.authority");
  }

  private void mayWrite(String lines) throws IOException {
    Path whole = directory.resolve("whole");
    Files.writeString(
        whole, "cluster=harbour\ncontent=0\nepoch=7\nrun=r\nordinal=5\nattempt=1\n" + lines);
    Files.move(whole, authority(), StandardCopyOption.ATOMIC_MOVE);
  }

  private void configured(String line) throws IOException {
    Files.writeString(data.resolve("postgresql.auto.conf"), line + "\n", StandardOpenOption.APPEND);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void lets_a_standby_start_whoever_may_write(List<String> shell) throws Exception {
    assertLet(shell);
    mayWrite("writer=east-0\nwriter_run=r\n");
    assertLet(shell);
    configured("recovery_target_action = 'shutdown'");
    assertLet(shell);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void reads_the_configuration_that_the_last_start_named(List<String> shell) throws Exception {
    Path main = directory.resolve("etc.conf");
    Files.delete(data.resolve("postgresql.conf"));
    Files.writeString(main, "recovery_target_action = promote\n");
    Files.writeString(
        data.resolve("postmaster.opts"),
        "/bin/postgres \"-D\" \"" + data + "\" \"-c\" \"config_file=" + main + "\" \"-i\"\n");
    assertRefused(shell, "recovery_target_action is promote");
    Files.writeString(main, "port = 5432\n");
    assertLet(shell);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void reads_the_directory_of_configuration_that_the_last_start_named(List<String> shell)
      throws Exception {
    Path home = Files.createDirectory(directory.resolve("etc"));
    Files.writeString(home.resolve("postgresql.conf"), "recovery_target_action = promote\n");
    Files.writeString(
        data.resolve("postmaster.opts"),
        "/bin/postgres \"-D\" \"" + data + "\" \"-D\" \"" + home + "\" \"-i\"\n");
    assertRefused(shell, "recovery_target_action is promote");
    Files.writeString(home.resolve("PG_VERSION"), "15\n");
    assertLet(shell);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void lets_the_instance_that_may_write_start_as_the_primary(List<String> shell) throws Exception {
    Files.delete(data.resolve("standby.signal"));
    mayWrite("writer=west-0\nwriter_epoch=7\nwriter_run=r\n");
    assertLet(shell);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void refuses_a_primary_that_may_not_write_or_of_which_nothing_is_known(List<String> shell)
      throws Exception {
    Files.delete(data.resolve("standby.signal"));
    assertRefused(shell, "there is no standby.signal", "is not there");
    mayWrite("");
    assertRefused(shell, "names no instance that may");
    mayWrite("writer=none\nwriter_run=r\n");
    assertRefused(shell, "no instance may");
    mayWrite("writer=east-0\nwriter_run=r\n");
    assertRefused(shell, "east-0 may, not it");
    mayWrite("writer=west-01\nwriter_run=r\n");
    assertRefused(shell, "west-01 may, not it");
    mayWrite("half a line");
    assertRefused(shell, "has the line 'half a line'");
    Files.writeString(authority(), "writer=west-0\n");
    assertRefused(shell, "is not whole");
    mayWrite("writer=west-0\nwriter_epoch=7\n");
    assertRefused(shell, "is not whole");
    mayWrite("writer_run=r\nwriter=west-0");
    assertRefused(shell, "is not whole");
    Files.delete(authority());
    Files.createDirectory(authority());
    assertRefused(shell, "is not there");
  }

  /**
   * As a host that was powered off by a failover, and comes back with nothing said on its disks.
   */
  @ParameterizedTest
  @MethodSource("shells")
  void refuses_a_primary_that_was_named_before_the_host_started_where_that_is_asked_for(
      List<String> shell) throws Exception {
    String named = "writer=west-0\nwriter_epoch=7\nwriter_run=r\n";
    mayWrite(named + "writer_boot=" + Files.readString(BOOT).strip() + "\n");
    assertThat(guardOfThisBoot(shell)).isEqualTo(new Said(0, ""));
    Files.delete(data.resolve("standby.signal"));
    assertThat(guardOfThisBoot(shell)).isEqualTo(new Said(0, ""));
    for (String boot : List.of("", "writer_boot=\n", "writer_boot=another\n")) {
      mayWrite(named + boot);
      Said said = guardOfThisBoot(shell);
      assertThat(said.status()).isEqualTo(1);
      assertThat(said.text())
          .contains("names it since before this host started")
          .contains("HINT: \"mooring start-primary harbour --reason WHY\" starts it");
      assertLet(shell);
    }
    mayWrite("writer=none\nwriter_run=r\n");
    assertThat(guardOfThisBoot(shell).text()).contains("no instance may");
    Files.createFile(data.resolve("standby.signal"));
    assertThat(guardOfThisBoot(shell)).isEqualTo(new Said(0, ""));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void waits_for_a_start_that_names_it_and_for_nobody_else(List<String> shell) throws Exception {
    Files.delete(data.resolve("standby.signal"));
    String boot = Files.readString(BOOT).strip();
    assertThat(waiting(shell, "writer=west-0\nwriter_run=r\nwriter_boot=" + boot + "\n").status())
        .isZero();
    Said fenced = waiting(shell, "writer=none\nwriter_run=r\n");
    assertThat(fenced.status()).isEqualTo(1);
    assertThat(fenced.text()).contains("west-0 waits for up to 1000 s", "no instance may");
    mayWrite("writer=west-0\nwriter_run=r\nwriter_boot=another\n");
    Said over = asked(shell, "--this-boot=1", authority());
    assertThat(over.status()).isEqualTo(1);
    assertThat(over.text()).contains("waits for up to 1 s", "is not started: ");
    Path rehearsed = Files.createDirectories(directory.resolve("rehearsal/west-0"));
    Path scratch = Files.copy(authority(), rehearsed.resolve("0.authority"));
    assertThat(asked(shell, "--this-boot=1000", scratch).text()).contains("is not started: ");
    assertThat(rehearsed).isDirectoryNotContaining("glob:**.asked");
    for (String none : List.of("soon", "090")) {
      assertThat(asked(shell, "--this-boot=" + none, authority()).text())
          .contains("'" + none + "' is no number of seconds");
    }
  }

  /** How a guard ends that waits, because it was named in another boot, once that is written. */
  private Said waiting(List<String> shell, String then) throws Exception {
    Process process = beginToWait(shell);
    untilItAsks();
    mayWrite(then);
    assertThat(Limit.ended(process, 20)).isTrue();
    assertNothingIsLeft();
    return new Said(
        process.exitValue(),
        process.inputReader(StandardCharsets.UTF_8).lines().collect(Collectors.joining("\n")));
  }

  private Process beginToWait(List<String> shell) throws IOException {
    mayWrite("writer=west-0\nwriter_run=r\nwriter_boot=another\n");
    return begin(shell, "--this-boot=1000", authority());
  }

  private void untilItAsks() throws Exception {
    for (int tries = 0; tries < 400 && !Files.isRegularFile(asks(), NOFOLLOW_LINKS); tries++) {
      Thread.sleep(50);
    }
    assertThat(asks()).hasContent(Files.readString(BOOT).strip());
  }

  private Path asks() {
    return directory.resolve("0.authority.asked");
  }

  private void assertNothingIsLeft() {
    assertThat(directory.toFile().list()).containsOnly("0.authority", "mooring-guard", "the data");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void says_that_it_waits_for_as_long_as_it_does(List<String> shell) throws Exception {
    Files.delete(data.resolve("standby.signal"));
    Path elsewhere = Files.writeString(directory.resolve("the data/elsewhere"), "kept");
    Files.createSymbolicLink(asks(), elsewhere);
    Process process = beginToWait(shell);
    untilItAsks();
    assertThat(elsewhere).hasContent("kept");
    assertThat(guardOfThisBoot(shell).text()).contains("is not started: ");
    assertThat(asks()).exists();
    Files.delete(asks());
    untilItAsks();
    process.destroy();
    assertThat(Limit.ended(process, 20)).isTrue();
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void another_that_waits_too_and_ends_leaves_it_said(List<String> shell) throws Exception {
    Files.delete(data.resolve("standby.signal"));
    Process process = beginToWait(shell);
    untilItAsks();
    Process other = begin(shell, "--this-boot=1", authority());
    assertThat(Limit.ended(other, 20)).isTrue();
    assertThat(asks()).exists();
    process.destroy();
    assertThat(Limit.ended(process, 20)).isTrue();
    assertNothingIsLeft();
  }

  /** A file of the last boot, of a process that is gone, and half a write. */
  @ParameterizedTest
  @MethodSource("shells")
  void what_killed_guards_left_does_not_keep_it_said(List<String> shell) throws Exception {
    Files.delete(data.resolve("standby.signal"));
    String now = Files.readString(BOOT);
    long alive = ProcessHandle.current().pid();
    List<Path> left =
        List.of(
            Files.writeString(directory.resolve("0.authority.asked." + alive), "another\n"),
            Files.writeString(directory.resolve("0.authority.asked.99999999"), now),
            Files.writeString(directory.resolve("0.authority.asked." + alive + ".new"), now));
    Process process = beginToWait(shell);
    untilItAsks();
    process.destroy();
    assertThat(Limit.ended(process, 20)).isTrue();
    assertThat(asks()).doesNotExist();
    for (Path one : left) {
      Files.delete(one);
    }
    assertNothingIsLeft();
  }

  /**
   * The account that owns the directory puts a link to one of root's there just before the rename.
   */
  @ParameterizedTest
  @MethodSource("shells")
  void as_root_it_writes_nothing_where_a_link_of_the_servers_account_leads(List<String> shell)
      throws Exception {
    assumeTrue(Files.getOwner(directory).getName().equals("root"), "run by root");
    Files.delete(data.resolve("standby.signal"));
    for (String owner : List.of("root", "nobody")) {
      Path roots = Files.createTempDirectory("of-root");
      Process process = beginToWaitWith(shell, owner, swapping(roots));
      while (!Files.isRegularFile(asks(), NOFOLLOW_LINKS) && noFile(roots) && process.isAlive()) {
        Thread.sleep(20);
      }
      assertThat(roots).as(owner).isEmptyDirectory();
      assertThat(Files.getOwner(asks(), NOFOLLOW_LINKS).getName()).isEqualTo(owner);
      process.destroy();
      assertThat(Limit.ended(process, 20)).isTrue();
      assertThat(asks()).doesNotExist();
      Files.delete(roots);
    }
  }

  /** A file that the account can't run, or can't read, is judged by root itself, as before. */
  @ParameterizedTest
  @MethodSource("shells")
  void as_root_it_refuses_no_start_because_of_the_owner(List<String> shell) throws Exception {
    assumeTrue(Files.getOwner(directory).getName().equals("root"), "run by root");
    Files.delete(data.resolve("standby.signal"));
    mayWrite("writer=west-0\nwriter_run=r\n");
    Files.setPosixFilePermissions(authority(), PosixFilePermissions.fromString("rw-------"));
    owned("nobody", data);
    assertLet(shell);
    owned("nobody", directory);
    assertLet(shell);
    Files.setPosixFilePermissions(
        directory.resolve("mooring-guard"), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertLet(shell);
    owned("99999", data);
    assertLet(shell);
  }

  private static boolean noFile(Path below) throws IOException {
    try (Stream<Path> all = Files.list(below)) {
      return all.findAny().isEmpty();
    }
  }

  /** A directory with a mv that first does what another process may do at that moment. */
  private Path swapping(Path roots) throws IOException {
    Path programs = Files.createDirectories(directory.resolve("programs"));
    Path mv = programs.resolve("mv");
    String swap = "#!/bin/sh\nrm -f %1$s\nln -s %2$s %1$s\nexec /bin/mv \"$@\"\n";
    Files.writeString(mv, swap.formatted(asks(), roots));
    Files.setPosixFilePermissions(mv, PosixFilePermissions.fromString("rwxr-xr-x"));
    return programs;
  }

  private static void owned(String owner, Path below) throws Exception {
    Process chown = new ProcessBuilder("chown", "-R", owner, below.toString()).start();
    assertThat(chown.waitFor()).isZero();
  }

  private Process beginToWaitWith(List<String> shell, String owner, Path programs)
      throws Exception {
    mayWrite("writer=west-0\nwriter_run=r\nwriter_boot=another\n");
    Path guard = Files.writeString(directory.resolve("mooring-guard"), StartGuard.TEXT);
    for (Path each : List.of(directory, guard)) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    owned(owner, directory);
    List<String> command = new ArrayList<>(shell);
    command.addAll(List.of(guard.toString(), "--this-boot=1000"));
    command.addAll(List.of(data.toString(), authority().toString(), "west-0"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
    return builder.start();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void waits_too_where_it_can_not_say_so(List<String> shell) throws Exception {
    Files.delete(data.resolve("standby.signal"));
    Files.createDirectory(asks());
    Process process = beginToWait(shell);
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    assertThat(said.readLine()).contains("waits for up to 1000 s");
    mayWrite("writer=west-0\nwriter_run=r\nwriter_boot=" + Files.readString(BOOT).strip() + "\n");
    assertThat(Limit.ended(process, 20)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(said.lines()).singleElement().asString().startsWith("HINT: ");
    assertThat(asks()).isEmptyDirectory();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void refuses_what_would_end_as_a_primary(List<String> shell) throws Exception {
    mayWrite("writer=east-0\nwriter_run=r\n");
    Files.createFile(data.resolve("recovery.signal"));
    assertRefused(shell, "recovery.signal is there");
    Files.delete(data.resolve("recovery.signal"));
    configured("  Recovery_Target_Action='promote' # soon");
    assertRefused(shell, "recovery_target_action is promote");
    configured("recovery_target_action pause");
    assertLet(shell);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void says_what_the_configuration_fence_is(List<String> shell) throws Exception {
    mayWrite("writer=west-0\nwriter_run=r\n");
    configured("mooring_fenced_epoch_1770000000000 = on");
    assertRefused(shell, "fenced in epoch 1770000000000");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void refuses_where_it_can_not_look(List<String> shell) throws Exception {
    Said missing = run(shell, directory.resolve("nowhere").toString(), authority().toString(), "w");
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.text()).contains("can't be read").contains("HINT: ");
    assertThat(run(shell, data.toString()).status()).isEqualTo(1);
    Files.delete(data.resolve("postgresql.auto.conf"));
    Files.createDirectory(data.resolve("postgresql.auto.conf"));
    assertRefused(shell, "postgresql.auto.conf can't be read");
  }

  private void assertLet(List<String> shell) throws Exception {
    assertThat(guard(shell)).isEqualTo(new Said(0, ""));
  }

  private void assertRefused(List<String> shell, String... words) throws Exception {
    Said said = guard(shell);
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.text())
        .startsWith("mooring-guard: west-0 is not started: ")
        .contains(words)
        .contains("\nHINT: ");
    assertThat(said.text().lines()).hasSize(2);
  }

  private Said guardOfThisBoot(List<String> shell) throws Exception {
    return asked(shell, "--this-boot", authority());
  }

  private Said asked(List<String> shell, String option, Path authority) throws Exception {
    return said(begin(shell, option, authority));
  }

  private Process begin(List<String> shell, String option, Path authority) throws IOException {
    return begin(shell, option, data.toString(), authority.toString(), "west-0");
  }

  private Said guard(List<String> shell) throws Exception {
    return run(shell, data.toString(), authority().toString(), "west-0");
  }

  private Said run(List<String> shell, String... arguments) throws Exception {
    return said(begin(shell, arguments));
  }

  private Process begin(List<String> shell, String... arguments) throws IOException {
    Path program = directory.resolve("mooring-guard");
    Files.writeString(program, StartGuard.TEXT);
    List<String> command = new ArrayList<>(shell);
    command.add(program.toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static Said said(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(Limit.ended(process, 20)).isTrue();
    return new Said(process.exitValue(), text);
  }

  /** How it ended, and what it said. */
  private record Said(int status, String text) {}
}
