package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplacedSettingsTest {

  @Test
  void keeps_settings_that_hold_no_secret() {
    assertThat(ReplacedSettings.masked("recovery_target_name = 'early'\nhot_standby=on\n\n"))
        .containsExactly("recovery_target_name = 'early'", "hot_standby=on");
  }

  @Test
  void lets_no_password_of_a_connection_string_through() {
    for (String secret :
        new String[] {
          "password=hunter2", "password=''hun ter2''", "PassWord = hunter2", "passfile=/x/hunter2"
        }) {
      assertThat(
              ReplacedSettings.masked(
                  "primary_conninfo = 'user=rep " + secret + " host=e0 port=6000'"))
          .containsExactly("primary_conninfo = 'user=rep host=e0 port=6000' (the rest is masked)");
    }
    assertThat(ReplacedSettings.masked("primary_conninfo = 'postgres://rep:hunter2@e0/x'").get(0))
        .doesNotContain("hunter2");
  }

  @Test
  void lets_no_secret_of_a_command_through() {
    assertThat(ReplacedSettings.masked("restore_command = 'AWS_SECRET_ACCESS_KEY=x fetch %f %p'"))
        .containsExactly("restore_command = (masked)");
    assertThat(ReplacedSettings.masked("restore_command = 'fetch --pw hunter2'\nx.y = 'hunter2'"))
        .containsExactly("restore_command = (masked)", "x.y = (masked)");
  }
}
