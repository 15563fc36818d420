package dev.mooring.starter.init;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerKindTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PostgreSQL 15.6 on x86_64-pc-linux-gnu | false | false",
        "PostgreSQL 12.12 (Greenplum Database 7.1.0 build commit:1) on x86_64 | true | true",
        "PostgreSQL 12.12 (Greenplum Database 7.1.0 build commit:1) on x86_64 | false | true",
        "PostgreSQL 14.4 (Cloudberry Database 1.6.0+dev build 1) on x86_64 | false | true",
        "PostgreSQL 12.12 (WarehousePG 7.2.1) on x86_64 | false | true",
        "PostgreSQL 12.12 on x86_64 | true | true"
      })
  void a_greenplum_is_known_by_its_catalogue_or_by_its_version_where_that_is_not_shown(
      String version, boolean catalogue, boolean greenplum) {
    assertThat(ServerKind.isGreenplum(version, catalogue)).isEqualTo(greenplum);
  }

  @ParameterizedTest
  @CsvSource({"90426, true", "119999, true", "120012, false", "140004, false"})
  void greenplum_6_and_before_is_too_old(int number, boolean tooOld) {
    assertThat(ServerKind.isTooOld(number)).isEqualTo(tooOld);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, dispatch, COORDINATOR",
    "-1, utility, COORDINATOR",
    "0, utility, SEGMENT",
    "3, execute, SEGMENT",
    "'', execute, SEGMENT",
    "'', '', COORDINATOR"
  })
  void a_segment_is_known_by_its_content_and_by_its_role(
      String content, String role, ServerKind kind) {
    assertThat(ServerKind.ofGreenplum(content, role)).isEqualTo(kind);
  }

  @Test
  void a_segments_refusal_is_told_from_that_of_a_server_that_starts() {
    assertThat(
            ServerKind.isSegmentsRefusal(
                new SQLException(
                    "FATAL: connections to primary segments are not allowed", "57P03")))
        .isTrue();
    assertThat(
            ServerKind.isSegmentsRefusal(
                new SQLException("FATAL: the database system is starting up", "57P03")))
        .isFalse();
    assertThat(ServerKind.isSegmentsRefusal(new SQLException("The connection attempt failed.")))
        .isFalse();
  }
}
