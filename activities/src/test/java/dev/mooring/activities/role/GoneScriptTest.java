package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is taken for the end of a postmaster. */
class GoneScriptTest {

  private static String gone(String process, int millis) throws IOException, InterruptedException {
    String script =
        Script.resource(Script.class, "prelude.sh")
            + Script.resource(Script.class, "process.sh")
            + Script.resource(HostRoleActivities.class, "writer.sh")
            + process
            + "\nlimit_of "
            + millis
            + "\ngone \"$pid\" && echo gone || echo 'not gone'\nkill $! 2>/dev/null\n";
    return Sh.said(script);
  }

  @Test
  void one_that_ends_is_gone() throws Exception {
    assertThat(gone("sleep 0.3 & pid=$!", 20_000)).isEqualTo("gone\n");
  }

  /** Its parent, which never asks for it, keeps its number; whoever looks for that sees it live. */
  @Test
  void one_that_ended_and_is_not_reaped_is_gone() throws Exception {
    assertThat(
            gone(
                "numbers=$(mktemp)\nsh -c 'sleep 0.3 & echo $!; exec sleep 20' >\"$numbers\" &\n"
                    + "until read -r pid <\"$numbers\"; do sleep 0.01; done\nrm -f \"$numbers\"",
                20_000))
        .isEqualTo("gone\n");
  }

  @Test
  void one_that_lives_on_is_not() throws Exception {
    assertThat(gone("sleep 20 & pid=$!", 300)).isEqualTo("not gone\n");
  }
}
