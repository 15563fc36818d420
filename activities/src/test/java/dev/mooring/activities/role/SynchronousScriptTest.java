package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
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
    String lines =
        "synchronous_standby_names = '%s'\n%s"
            .formatted(names, commit.isEmpty() ? "" : "synchronous_commit = '" + commit + "'\n");
    String stubs =
        """
        report() { :; }
        acts_on() { my_epoch=$4 my_run=$7 me=$8; }
        claimed() { :; }
        process_state() { state=STOPPED; }
        ask() { value=$(sed -n "s/^$1 = '\\(.*\\)'/\\1/p" "$data/postgresql.auto.conf"); }
        cluster_dir='%s'
        data=$cluster_dir
        """;
    String said =
        Sh.saidBy(
            shell,
            String.join(
                "\n",
                Script.resource(Script.class, "prelude.sh"),
                Script.resource(Script.class, "server.sh"),
                Script.resource(HostRoleActivities.class, "writer.sh"),
                Script.resource(HostRoleActivities.class, "follow.sh"),
                stubs.formatted(directory),
                function + " /data /bin 0 7 1 1 run east-0 \"$1\" \"$2\" \"$3\""),
            names,
            lines,
            commit);
    assertThat(said).isEmpty();
    return Files.readString(configuration());
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
}
