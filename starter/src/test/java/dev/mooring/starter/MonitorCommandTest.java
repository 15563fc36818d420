package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.ExitCode;
import org.junit.jupiter.api.Test;

class MonitorCommandTest {

  @Test
  void a_pause_without_a_reason_is_no_command() {
    Said said = Said.by("monitor", "strait", "off");
    assertThat(said.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.err()).contains("a pause has a reason");
  }

  @Test
  void an_end_without_a_pause_is_no_command() {
    Said said = Said.by("monitor", "strait", "on", "--until", "PT2H");
    assertThat(said.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.err()).contains("--until ends a pause");
  }
}
