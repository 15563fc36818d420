package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({
    "--watch,does not stream: its file has no section replication",
    "--watch --site west,--site and --watch are two schedules"
  })
  void a_cluster_that_does_not_stream_has_no_schedule_of_a_watch_and_a_site_none_of_its_own(
      String options, String why) throws IOException {
    String files = SampleEvidence.in(directory).directory().toString();
    String typed = "schedule apply harbour " + options + " --config-dir " + files;

    Said said = Said.by(typed.split(" "));

    assertThat(said.status()).as(said.err()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.err()).contains(why);
  }
}
