package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which settings a session sets, by the server's version. */
class SessionSettingsTest {
  @Test
  void a_server_is_asked_only_for_settings_that_it_has() {
    assertThat(sent(9)).doesNotContain("idle_", "transaction_timeout");
    assertThat(sent(12)).doesNotContain("idle_session_timeout");
    assertThat(sent(14))
        .contains("idle_in_transaction_session_timeout = '0'", "idle_session_timeout = '0'")
        .doesNotContain(" transaction_timeout");
    assertThat(sent(17))
        .startsWith("SET default_transaction_isolation = 'read committed'; SET ")
        .contains("SET transaction_timeout = '0'");
  }

  /** A SET would come after the first name that a session looks up, and a RESET would undo it. */
  @Test
  void the_path_and_the_time_that_a_statement_may_take_stay_what_the_login_got() {
    assertThat(sent(18)).doesNotContain("statement_timeout", "search_path");
  }

  @Test
  void what_a_login_sends_is_in_the_list() {
    assertThat(SessionSettings.ALL).contains(SessionSettings.AT_LOGIN.replace("-c", "14"));
    assertThat(SessionSettings.ALL).contains(SessionSettings.PATH_AT_LOGIN.replace("-c", "0"));
    assertThat(SessionSettings.BEFORE_PSQL)
        .isEqualTo(
            "env -u PGHOSTADDR -u PGSERVICE PGOPTIONS='-c statement_timeout=0 -c"
                + " search_path=pg_catalog,pg_temp -c default_transaction_isolation=read\\ committed -c"
                + " default_transaction_read_only=off'");
  }

  private static String sent(int majorVersion) {
    return SessionSettings.afterLogin(majorVersion);
  }
}
