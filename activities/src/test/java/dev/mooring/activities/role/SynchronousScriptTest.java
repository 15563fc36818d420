package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which lines of postgresql.auto.conf are replaced when commits are to wait for others. */
class SynchronousScriptTest {
  private static final String BEFORE =
      """
      work_mem = '4MB'
      synchronous_commit = 'remote_apply'
      synchronous_standby_names = 'ANY 1 (west_0)'
      """;

  @TempDir Path directory;

  private String act(List<String> shell, String function, String names, String commit)
      throws Exception {
    assertThat(said(shell, function, names, commit)).isEmpty();
    return Files.readString(configuration());
  }

  private String said(List<String> shell, String function, String names, String commit)
      throws Exception {
    String lines =
        "synchronous_standby_names = '%s'\n%s"
            .formatted(names, commit.isEmpty() ? "" : "synchronous_commit = '" + commit + "'\n");
    String stubs =
        """
        report() { :; }
        refuse() { echo "$1"; exit 1; }
        acts_on() { my_epoch=$4 my_run=$7 me=$8; }
        claimed() { :; }
        process_state() { state=STOPPED; }
        ask() {
          value='' asked=${2:-$data}/postgresql.auto.conf
          echo 'syntax error' >"$work/$subject.setting"
          ! grep -q '(0' "$asked" || return 1
          value=$(sed -n "s/^$1 = '\\(.*\\)'/\\1/p" "$asked")
        }
        cluster_dir='%s'
        data=$cluster_dir
        work=$data/work
        mkdir -p "$work"
        """;
    return Sh.saidBy(
        shell,
        FollowScript.with(
            stubs.formatted(directory),
            function + " /data /bin 0 7 1 1 run east-0 \"$1\" \"$2\" \"$3\""),
        names,
        lines,
        commit);
  }

  private Path configuration() {
    return directory.resolve("postgresql.auto.conf");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void synchronous_commit_stays_unless_it_is_given(List<String> shell) throws Exception {
    Files.writeString(configuration(), BEFORE);
    assertThat(act(shell, "synchronous", "", ""))
        .isEqualTo(
            """
            work_mem = '4MB'
            synchronous_commit = 'remote_apply'
            synchronous_standby_names = ''
            """);
    assertThat(act(shell, "unsynchronous", "ANY 1 (west_0)", "")).contains(BEFORE.split("\n"));

    assertThat(act(shell, "synchronous", "*", "on"))
        .isEqualTo(
            """
            work_mem = '4MB'
            synchronous_standby_names = '*'
            synchronous_commit = 'on'
            """);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void what_a_server_can_not_read_replaces_nothing(List<String> shell) throws Exception {
    Files.writeString(configuration(), BEFORE);
    assertThat(said(shell, "synchronous", "ANY 1 (0east)", "on")).isEqualTo("HOST_REFUSED\n");
    assertThat(Files.readString(configuration())).isEqualTo(BEFORE);
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("postgresql.auto.conf", "work");
    assertThat(directory.resolve("work").toFile().list()).containsExactly("host.setting");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_line_that_a_server_can_not_read_is_taken_back(List<String> shell) throws Exception {
    Files.writeString(
        configuration(), "work_mem = '4MB'\nsynchronous_standby_names = 'ANY 1 (0east)'\n");
    Files.writeString(directory.resolve("east-0.synchronous-before-run"), "");
    assertThat(act(shell, "unsynchronous", "", "")).isEqualTo("work_mem = '4MB'\n");
  }
}
