package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import dev.mooring.activities.host.StartGuard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * When a host starts its stopped primary, and what its start guard finds afterwards. Some wait for
 * seconds, each in a directory of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
class StartStoppedScriptTest {
  /** The state of the server is a file; it is started unless a test lets that fail. */
  private static final String STUBS =
      """
      set -u
      refuse() { echo "$1: $2"; exit 1; }
      end_refused() { refuse "$@"; }
      report() { echo "$1 $2"; }
      put() { printf '%s' "$2" >"$1"; }
      of_instance() { data=$1 bin=$2; }
      process_state() { state=$(cat "$cluster_dir/state"); }
      controlled() { value=7; }
      read_control() { :; }
      writes_now() { :; }
      refuse_signal_files() { :; }
      limit_of() { :; }
      within_limit() { :; }
      start_again() {
        claimed "$me"
        [ ! -e "$cluster_dir/fails" ] || refuse START_FAILED 'it is not up'
        echo RUNNING >"$cluster_dir/state"
      }
      subject=east-0
      """;

  @TempDir Path directory;

  @BeforeEach
  void theServerIsStoppedInANewBoot() throws Exception {
    Files.writeString(directory.resolve("state"), "STOPPED");
    named("another");
  }

  private void named(String boot) throws Exception {
    Files.writeString(
        directory.resolve("0.authority"),
        """
        cluster=strait
        content=0
        epoch=4
        run=before
        ordinal=1
        attempt=1
        writer=east-0
        writer_epoch=4
        writer_run=before
        writer_boot=%s
        """
            .formatted(boot));
  }

  private String said(List<String> shell, String call) throws Exception {
    return Sh.saidBy(
        shell,
        Script.resource(StartGuard.class, "authority.sh")
            + Script.resource(StartGuard.class, "guard.sh")
            + Script.resource(HostRoleActivities.class, "writer.sh")
            + Script.resource(HostRoleActivities.class, "start-stopped.sh")
            + STUBS
            + "of_cluster strait '"
            + directory
            + "'\n"
            + call);
  }

  /** As that run's attempt of that number, without a person in that boot. */
  private String start(List<String> shell, int attempt, String boot) throws Exception {
    return said(
        shell, "start_stopped /d /b 0 5 5 %d run east-0 100 7 '%s'\n".formatted(attempt, boot));
  }

  private String bar(List<String> shell, int attempt) throws Exception {
    return said(shell, "bar_start /d /b 0 5 6 %d run east-0 100\n".formatted(attempt));
  }

  private void asked(String boot, int secondsAgo) throws Exception {
    Path asked = Files.writeString(directory.resolve("0.authority.asked"), boot + "\n");
    Files.setLastModifiedTime(asked, FileTime.from(Instant.now().minusSeconds(secondsAgo)));
  }

  private static String now() throws Exception {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  private String namedIn() throws Exception {
    return Files.readAllLines(directory.resolve("0.authority")).stream()
        .filter(line -> line.startsWith("writer_boot="))
        .findFirst()
        .orElseThrow()
        .substring("writer_boot=".length());
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void without_a_person_it_starts_in_that_boot_while_a_guard_waits(List<String> shell)
      throws Exception {
    asked(now(), 0);
    assertThat(start(shell, 1, "b2"))
        .startsWith("NO_PRIMARY: this host runs in boot " + now())
        .endsWith("asked for in boot b2\n");
    asked(now(), 15);
    assertThat(start(shell, 2, now())).startsWith("NO_PRIMARY: no start guard waits in boot ");
    asked("b2", 0);
    assertThat(start(shell, 3, now())).startsWith("NO_PRIMARY: no start guard waits in boot ");
    assertThat(directory.resolve("state")).hasContent("STOPPED");
    assertThat(namedIn()).isEqualTo("another");
    asked(now(), 0);
    assertThat(start(shell, 4, now())).isEqualTo("started \n");
    assertThat(namedIn()).isEqualTo(now());
  }

  /** The guard that has read the permit waits no more. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void an_attempt_after_one_that_gave_the_permit_continues(List<String> shell) throws Exception {
    asked(now(), 0);
    Files.createFile(directory.resolve("fails"));
    assertThat(start(shell, 1, now())).startsWith("START_FAILED: ");
    Files.delete(directory.resolve("0.authority.asked"));
    Files.delete(directory.resolve("fails"));
    assertThat(start(shell, 2, now())).isEqualTo("started \n");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_start_that_a_person_asks_for_needs_no_guard(List<String> shell) throws Exception {
    assertThat(start(shell, 1, "")).isEqualTo("started \n");
    assertThat(bar(shell, 1)).isEqualTo("takes_writes yes\n");
    assertThat(namedIn()).isEqualTo(now());
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_start_that_failed_leaves_no_permit(List<String> shell) throws Exception {
    Files.createFile(directory.resolve("fails"));
    assertThat(start(shell, 1, "")).startsWith("START_FAILED: ");
    assertThat(namedIn()).isEqualTo(now());
    assertThat(bar(shell, 1)).isEqualTo("takes_writes no\n");
    assertThat(namedIn()).isEqualTo("another");
    assertThat(bar(shell, 2)).isEqualTo("takes_writes no\n");
    assertThat(namedIn()).isEqualTo("another");
  }

  /** It was named in this boot before, as one that crashed in it. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_permit_that_was_there_before_stays(List<String> shell) throws Exception {
    named(now());
    Files.createFile(directory.resolve("fails"));
    assertThat(start(shell, 1, "")).startsWith("START_FAILED: ");
    assertThat(bar(shell, 1)).isEqualTo("takes_writes no\n");
    assertThat(namedIn()).isEqualTo(now());
  }

  /** Its guard had read the permit before that was taken back. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_server_that_its_launcher_starts_nevertheless_keeps_its_permit(List<String> shell)
      throws Exception {
    Files.createFile(directory.resolve("fails"));
    start(shell, 1, "");
    String launched = "(sleep 1; echo RUNNING >'" + directory.resolve("state") + "') &\n";
    assertThat(said(shell, launched + "bar_start /d /b 0 5 6 1 run east-0 100\n"))
        .isEqualTo("takes_writes yes\n");
    assertThat(namedIn()).isEqualTo(now());
  }

  /** An attempt that took it back was killed before it saw the launcher start the server. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_server_that_runs_gets_back_the_permit_that_a_killed_attempt_took(List<String> shell)
      throws Exception {
    Files.createFile(directory.resolve("fails"));
    start(shell, 1, "");
    Path authority = directory.resolve("0.authority");
    Files.writeString(authority, Files.readString(authority).replace(now(), "another"));
    assertThat(namedIn()).isEqualTo("another");
    Files.writeString(directory.resolve("state"), "RUNNING");
    assertThat(bar(shell, 1)).isEqualTo("takes_writes yes\n");
    assertThat(namedIn()).isEqualTo(now());
    assertThat(directory).isDirectoryNotContaining("glob:**permit*");
  }
}
