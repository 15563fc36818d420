package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The systemd unit under which a site's worker is a service. */
class WorkerUnitTest {
  private static final Path UNIT = Path.of("systemd", "mooring-worker@.service");
  private static final String INSTALLED = "/opt/mooring/bin/mooring-worker";

  /** The settings of systemd 247 and later that the unit may use, by section. */
  private static final Map<String, Set<String>> KNOWN =
      Map.of(
          "[Unit]",
          Set.of("Description", "Wants", "After"),
          "[Service]",
          Set.of(
              "Type",
              "User",
              "Group",
              "EnvironmentFile",
              "ExecStart",
              "Restart",
              "RestartSec",
              "SuccessExitStatus",
              "KillMode",
              "TimeoutStopSec",
              "StateDirectory",
              "UMask",
              "NoNewPrivileges",
              "CapabilityBoundingSet",
              "AmbientCapabilities",
              "PrivateTmp",
              "PrivateDevices",
              "ProtectSystem",
              "ProtectHome",
              "ProtectClock",
              "ProtectControlGroups",
              "ProtectHostname",
              "ProtectKernelLogs",
              "ProtectKernelModules",
              "ProtectKernelTunables",
              "LockPersonality",
              "RestrictAddressFamilies",
              "RestrictNamespaces",
              "RestrictRealtime",
              "RestrictSUIDSGID",
              "SystemCallArchitectures"),
          "[Install]",
          Set.of("WantedBy"));

  @TempDir Path directory;

  @Test
  void starts_a_worker_again_five_seconds_after_it_ended() throws IOException {
    List<String> lines = Files.readAllLines(UNIT);

    assertThat(lines)
        .containsOnlyOnce("[Unit]", "[Service]", "[Install]")
        .containsOnlyOnce("Restart=always", "RestartSec=5", "SuccessExitStatus=143")
        .containsOnlyOnce("ExecStart=" + INSTALLED + " --site %i")
        .containsOnlyOnce("WantedBy=multi-user.target");
    assertThat(lines).allMatch(line -> line.matches("|#.*|\\[\\w+]|\\w+=.*"));
  }

  @Test
  void says_nothing_that_systemd_would_not_know() throws IOException {
    Map<String, Set<String>> said = new LinkedHashMap<>();
    Set<String> section = new LinkedHashSet<>();
    for (String line : Files.readAllLines(UNIT)) {
      if (line.startsWith("[")) {
        section = new LinkedHashSet<>();
        said.put(line, section);
      } else if (line.matches("\\w+=.*")) {
        section.add(line.substring(0, line.indexOf('=')));
      }
    }

    assertThat(said).containsOnlyKeys(KNOWN.keySet());
    said.forEach((name, settings) -> assertThat(KNOWN.get(name)).containsAll(settings));
  }

  /** Where systemd is installed, it is the one to judge; elsewhere only the test above does. */
  @Test
  void systemd_finds_no_fault_with_it() throws IOException, InterruptedException {
    Path unit = directory.resolve("mooring-worker@west.service");
    Path launcher = Path.of("bin", "mooring-worker").toAbsolutePath();
    Files.writeString(unit, Files.readString(UNIT).replace(INSTALLED, launcher.toString()));

    assertThat(launcher).isExecutable();
    for (Path program : systemdAnalyze().toList()) {
      Process verify =
          new ProcessBuilder(program.toString(), "verify", unit.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said.lines().filter(line -> line.contains("mooring-worker"))).isEmpty();
      assertThat(verify.waitFor()).as(said).isZero();
    }
  }

  private static Stream<Path> systemdAnalyze() {
    return Stream.of("/usr/bin/systemd-analyze", "/bin/systemd-analyze")
        .map(Path::of)
        .filter(Files::isExecutable)
        .limit(1);
  }
}
