package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerVersionTest {

  @ParameterizedTest
  @CsvSource({
    "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1), 15.20",
    "pg_controldata (PostgreSQL) 13.4, 13.4",
    "postgres (PostgreSQL) 18devel, 18.0",
    "postgres (PostgreSQL) 17rc1 (Debian 17~rc1-1), 17.0",
    "postgres (PostgreSQL) 16beta2, 16.0",
    "postgres (Greenplum Database) 12.12, 12.12",
    "pg_waldump (Apache Cloudberry) 14.4, 14.4",
    "postgres (Cloudberry Database) 14.4, 14.4",
    "postgres (WarehousePG) 12.12, 12.12"
  })
  void reads_what_programs_answer(String output, String version) {
    assertThat(ServerVersion.ofProgram(output + "\n")).hasToString(version);
  }

  @Test
  void reads_server_version_num() {
    assertThat(ServerVersion.ofNumber(150020)).isEqualTo(new ServerVersion(15, 20));
    assertThatThrownBy(() -> ServerVersion.ofNumber(90624)).hasMessageContaining("got 90624");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "15.20",
        "postgres (Some Database) 12.12",
        "postgres (PostgreSQL) 9.6.24",
        "postgres: command not found"
      })
  void other_answers_are_named_in_the_error(String output) {
    assertThatThrownBy(() -> ServerVersion.ofProgram(output))
        .hasMessageStartingWith("program version must be such as")
        .hasMessageContaining("got '" + output + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "15", "15.x", "15.1.2"})
  void text_that_is_no_version_is_named_in_the_error(String text) {
    assertThatThrownBy(() -> ServerVersion.parse(text)).hasMessageEndingWith("got '" + text + "'");
  }
}
