package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduleCommandTest {
  @TempDir Path directory = Path.of("set by JUnit");

  @Test
  void a_site_that_publishes_is_not_scheduled_to_consume() throws IOException {
    String files = SampleEvidence.in(directory).directory().toString();

    Said said = Said.by("schedule", "apply", "harbour", "--site", "east", "--config-dir", files);

    assertThat(said.status()).as(said.err()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.err())
        .startsWith("mooring: cluster harbour has no site east that can consume")
        .contains("HINT: its sites that can are [west]");
  }
}
