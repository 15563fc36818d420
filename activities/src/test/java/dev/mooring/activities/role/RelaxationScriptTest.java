package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a host records, and shows, of a primary whose commits may wait for no standby. */
class RelaxationScriptTest {
  @TempDir Path directory;

  private String said(List<String> shell, String calls) throws Exception {
    String facts =
        """
        report() { echo "$1 $2"; }
        acts_on() { my_epoch=$4; }
        claimed() { :; }
        cluster_dir='%s'
        """;
    return Sh.saidBy(
        shell,
        Script.resource(Script.class, "prelude.sh")
            + Script.resource(HostRoleActivities.class, "roles.sh")
            + Script.resource(HostRoleActivities.class, "relaxation.sh")
            + facts.formatted(directory)
            + calls);
  }

  private static String act(String function, int epoch) {
    return function + " /data /bin 0 " + epoch + " 1 1 run west-0 east-0 3\n";
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void it_is_shown_with_timeline_and_epoch_until_it_is_cleared(List<String> shell)
      throws Exception {
    assertThat(said(shell, "observe_relaxed\n")).isEmpty();
    assertThat(
            said(
                shell,
                act("record_relaxation", 12) + act("record_relaxation", 13) + "observe_relaxed\n"))
        .isEqualTo("changed yes\nchanged no\nrelaxed east-0 3 13\n\n");
    assertThat(
            said(
                shell,
                act("clear_relaxation", 14) + act("clear_relaxation", 15) + "observe_relaxed\n"))
        .isEqualTo("changed yes\nchanged no\n");
  }
}
