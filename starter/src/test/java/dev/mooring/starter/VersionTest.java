package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionTest {

  @Test
  void is_said_without_loading_temporal_or_the_command_line() throws IOException {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--version")
            .redirectErrorStream(true)
            .start();
    List<String> lines =
        new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();

    assertThat(lines).contains("mooring development");
    assertThat(lines).anyMatch(line -> line.contains(" " + Main.class.getName() + " "));
    assertThat(lines)
        .noneMatch(line -> line.contains(" io.temporal.") || line.contains(" picocli."));
  }
}
