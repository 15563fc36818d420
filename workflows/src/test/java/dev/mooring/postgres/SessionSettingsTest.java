package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which settings a session sets, by the server's version. */
class SessionSettingsTest {
  @Test
  void a_server_is_asked_only_for_settings_that_it_has() {
    assertThat(sent(9, true)).doesNotContain("idle_", "transaction_timeout");
    assertThat(sent(14, false))
        .contains("idle_in_transaction_session_timeout = 0")
        .doesNotContain(" transaction_timeout");
    assertThat(sent(17, false)).contains("SET transaction_timeout = 0");
  }

  @Test
  void functions_are_found_in_pg_catalog_alone_but_those_of_a_greenplum() {
    assertThat(sent(17, false)).endsWith("SET search_path = pg_catalog");
    assertThat(sent(12, true)).doesNotContain("search_path");
  }

  private static String sent(int majorVersion, boolean ownPath) {
    return SessionSettings.afterLogin(majorVersion, ownPath);
  }
}
