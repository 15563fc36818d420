package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.FailureCode;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlErrorsTest {

  @ParameterizedTest(name = "{0} while {1} is {2}")
  @CsvSource({
    "08001, CONNECTING, DATABASE_UNREACHABLE",
    "08006, CONNECTING, DATABASE_UNREACHABLE",
    "08006, READING, DATABASE_UNREACHABLE",
    "08006, CHANGING, OUTCOME_UNKNOWN",
    "57P01, READING, DATABASE_UNREACHABLE",
    "57P01, CHANGING, OUTCOME_UNKNOWN",
    "57P02, CHANGING, OUTCOME_UNKNOWN",
    "57P03, CONNECTING, DATABASE_UNREACHABLE",
    "57P03, CHANGING, DATABASE_UNREACHABLE",
    "53300, CONNECTING, DATABASE_UNREACHABLE",
    "28000, CONNECTING, AUTHENTICATION_REFUSED",
    "28P01, CONNECTING, AUTHENTICATION_REFUSED",
    "08004, CONNECTING, AUTHENTICATION_REFUSED",
    "3D000, CONNECTING, DATABASE_REFUSED",
    "42501, CHANGING, DATABASE_REFUSED",
    "55000, CHANGING, DATABASE_REFUSED",
    "55P03, ENTERING_BARRIER, BARRIER_NOT_REACHED",
    "57014, ENTERING_BARRIER, BARRIER_NOT_REACHED",
    "57014, READING, DATABASE_REFUSED",
    "42601, ENTERING_BARRIER, DATABASE_REFUSED",
    "57P05, ENTERING_BARRIER, DATABASE_UNREACHABLE",
    "XX000, READING, STATE_UNREADABLE",
    "58P01, READING, STATE_UNREADABLE",
    "XX000, CHANGING, DATABASE_REFUSED"
  })
  void an_sqlstate_has_one_meaning_in_each_situation(
      String state, While doing, FailureCode expected) {
    assertThat(SqlErrors.codeOf(new SQLException("said so", state), doing)).isEqualTo(expected);
  }

  @Test
  void an_error_without_state_counts_as_a_lost_connection() {
    assertThat(SqlErrors.codeOf(new SQLException("gone"), While.CHANGING))
        .isEqualTo(FailureCode.OUTCOME_UNKNOWN);
  }

  @Test
  void an_answer_over_its_limit_is_unreadable_unless_it_was_to_a_change() {
    SQLException error = new SQLException("over maxResultBuffer", "08S01");
    assertThat(SqlErrors.codeOf(error, While.READING)).isEqualTo(FailureCode.STATE_UNREADABLE);
    assertThat(SqlErrors.codeOf(error, While.CHANGING)).isEqualTo(FailureCode.OUTCOME_UNKNOWN);
    assertThat(SqlErrors.endsSession(error)).isTrue();
  }

  @Test
  void a_certificate_that_is_not_believed_is_no_unreachable_server() {
    SQLException error =
        new SQLException("SSL error", "08006", new SSLHandshakeException("no path"));
    assertThat(SqlErrors.codeOf(error, While.CONNECTING))
        .isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
  }

  @Test
  void a_server_that_starts_up_is_called_so() {
    assertThat(SqlErrors.sentence(new SQLException("FATAL: the database is starting up", "57P03")))
        .startsWith("not accepting connections: ")
        .contains("starting up")
        .endsWith("[SQLSTATE 57P03]");
  }

  @Test
  void only_the_first_line_is_said() {
    assertThat(SqlErrors.sentence(new SQLException("One.\n  Where: there", "42601")))
        .isEqualTo("one. [SQLSTATE 42601]");
  }
}
