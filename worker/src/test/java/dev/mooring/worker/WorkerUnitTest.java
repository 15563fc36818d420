package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The systemd unit under which a site's worker is a service. */
class WorkerUnitTest {
  private static final Path UNIT = Path.of("systemd", "mooring-worker@.service");
  private static final String INSTALLED = "/opt/mooring/bin/mooring-worker";

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

  /** Where systemd is installed, it is the one to judge. */
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
