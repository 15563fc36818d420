package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a member's configuration has of its watchdog, read by the shells that may be there. */
class WatchdogScriptTest {
  @TempDir Path directory;

  static Stream<List<String>> shells() {
    return Stream.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void what_is_left_out_is_as_patroni_has_it(List<String> shell) throws Exception {
    String device = Files.exists(Path.of("/dev/watchdog")) ? "" : "ABSENT";
    assertThat(read(shell, "scope: shop\npostgresql:\n  mode: off\n# watchdog:\n#  mode: off\n"))
        .startsWith("watchdog_mode=automatic\nwatchdog_device=/dev/watchdog\n")
        .contains("watchdog_seen=" + device);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void a_block_is_read_to_its_end(List<String> shell) throws Exception {
    Path device = Files.createFile(directory.resolve("watchdog0"));
    String text =
        """
        scope: shop
        watchdog:
          # of this host
          mode: required  # always
          device: 'DEVICE'
          safety_margin: 5

        tags:
          mode: off
        """
            .replace("DEVICE", device.toString());
    assertThat(read(shell, text))
        .isEqualTo(
            "watchdog_mode=required\nwatchdog_device=" + device + "\nwatchdog_seen=WRITABLE\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void one_on_a_single_line_is_too(List<String> shell) throws Exception {
    Path device = directory.resolve("gone");
    String text =
        "watchdog: {driver: testing, device: \"" + device + "\", mode: 'off'}\nmode: no\n";
    assertThat(read(shell, text))
        .isEqualTo("watchdog_mode=off\nwatchdog_device=" + device + "\nwatchdog_seen=ABSENT\n");
  }

  private String read(List<String> shell, String configuration) throws Exception {
    Path file = directory.resolve("patroni.yml");
    Files.writeString(file, configuration);
    List<String> command = new ArrayList<>(shell);
    command.addAll(List.of("-c", text() + "observe_watchdog \"$1\"", "test", file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(Limit.ended(process, 20)).isTrue();
    return said;
  }

  private static String text() throws IOException {
    return "report() { printf '%s=%s\\n' \"$1\" \"$2\"; }\n"
        + Script.resource(HostRoleActivities.class, "watchdog.sh")
        + "\n";
  }
}
