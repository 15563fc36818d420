package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a consume started a server, by where its errors go. */
class ConsumedScriptTest {
  @TempDir Path directory;

  private String startedWith(String errors) throws Exception {
    Files.createDirectories(directory.resolve("deep-0.starts"));
    return Sh.said(
        Script.resource(HostRoleActivities.class, "roles.sh")
            + """
            report() { echo "$1"; }
            subject=deep-0
            cluster_dir=$1
            exec 2>"$1/$2"
            pid=$$
            observe_start
            """,
        directory,
        errors);
  }

  @Test
  void a_server_with_a_log_among_the_starts_was_started_by_a_consume() throws Exception {
    assertThat(startedWith("deep-0.starts/" + new UUID(1, 2) + "-12.log")).isEqualTo("consumed\n");
  }

  @Test
  void any_other_was_not() throws Exception {
    assertThat(startedWith("server.log")).isEmpty();
    assertThat(startedWith("deep-0.starts/" + new UUID(1, 2) + ".log"))
        .as("a run of a role started it")
        .isEmpty();
  }

  @Test
  void one_that_can_not_be_read_is_neither() throws Exception {
    assertThat(
            Sh.said(
                Script.resource(HostRoleActivities.class, "roles.sh")
                    + "report() { echo \"$1\"; }\npid=none\nobserve_start\n"))
        .isEqualTo("start_unread\n");
  }
}
