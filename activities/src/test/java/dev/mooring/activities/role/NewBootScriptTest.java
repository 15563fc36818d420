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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether a host shows that it started again, and that the start guard of its writer waits. */
class NewBootScriptTest {
  @TempDir Path directory;

  private String shown(List<String> shell, String writer, String boot) throws Exception {
    String facts =
        """
        report() { echo "$1 $2"; }
        subject=east-0 authority='%s' seen_writer='%s' seen_writer_boot='%s'
        observe_new_boot
        """;
    return Sh.saidBy(
        shell,
        Script.resource(StartGuard.class, "guard.sh")
            + Script.resource(HostRoleActivities.class, "roles.sh")
            + facts.formatted(directory.resolve("0.authority"), writer, boot));
  }

  private void asked(String text, int secondsAgo) throws Exception {
    Path asked = directory.resolve("0.authority.asked");
    Files.writeString(asked, text);
    Files.setLastModifiedTime(asked, FileTime.from(Instant.now().minusSeconds(secondsAgo)));
  }

  private static String now() throws Exception {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_new_boot_is_that_of_a_writer_that_was_named_in_another_one_alone(List<String> shell)
      throws Exception {
    asked(now(), 0);
    assertThat(shown(shell, "east-0", "another")).isEqualTo("new_boot " + now());
    assertThat(shown(shell, "east-0", now().strip())).isEmpty();
    assertThat(shown(shell, "east-0", "")).isEmpty();
    assertThat(shown(shell, "none", "another")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void where_no_guard_waits_in_this_boot_there_is_none(List<String> shell) throws Exception {
    assertThat(shown(shell, "east-0", "another")).isEmpty();
    for (String text : List.of("", "\n", "another\n", now() + "and more\n")) {
      asked(text, 0);
      assertThat(shown(shell, "east-0", "another")).isEmpty();
    }
    for (int secondsAgo : List.of(3600, 15, -30)) {
      asked(now(), secondsAgo);
      assertThat(shown(shell, "east-0", "another")).isEmpty();
    }
    Files.delete(directory.resolve("0.authority.asked"));
    Files.createDirectory(directory.resolve("0.authority.asked"));
    assertThat(shown(shell, "east-0", "another")).isEmpty();
  }
}
