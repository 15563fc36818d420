package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which settings a session sets, by the server's version. */
class SessionSettingsTest {
  @Test
  void a_server_is_asked_only_for_settings_that_it_has() {
    assertThat(sent(9, true)).doesNotContain("idle_", "transaction_timeout");
    assertThat(sent(12, true)).doesNotContain("idle_session_timeout");
    assertThat(sent(14, true))
        .contains("idle_in_transaction_session_timeout = '0'", "idle_session_timeout = '0'")
        .doesNotContain(" transaction_timeout");
    assertThat(sent(17, false))
        .startsWith(
            "SET search_path = 'pg_catalog'; SET default_transaction_isolation = 'read committed';"
                + " SET ")
        .contains("SET transaction_timeout = '0'");
  }

  @Test
  void functions_are_found_in_pg_catalog_alone_but_those_of_a_greenplum() {
    assertThat(sent(17, false)).contains("SET search_path = 'pg_catalog'");
    assertThat(sent(12, true)).doesNotContain("search_path");
  }

  @Test
  void the_time_that_a_statement_may_take_stays_what_the_login_got() {
    assertThat(sent(18, false)).doesNotContain("statement_timeout");
  }

  @Test
  void what_a_login_sends_is_in_the_list() {
    assertThat(SessionSettings.ALL).contains(SessionSettings.AT_LOGIN.replace("-c", "14"));
    assertThat(SessionSettings.BEFORE_PSQL)
        .isEqualTo(
            "env -u PGHOSTADDR -u PGSERVICE PGOPTIONS='-c statement_timeout=0 -c"
                + " search_path=pg_catalog -c default_transaction_isolation=read\\ committed -c"
                + " default_transaction_read_only=off'");
  }

  private static String sent(int majorVersion, boolean ownPath) {
    return SessionSettings.afterLogin(majorVersion, ownPath);
  }
}
