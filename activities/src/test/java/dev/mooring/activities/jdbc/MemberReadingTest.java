package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.postgres.ArchiveCommand;
import org.junit.jupiter.api.Test;

/** What is asked of a member, by its version. */
class MemberReadingTest {
  @Test
  void a_server_with_a_collector_of_statistics_is_not_asked_for_what_waits_for_it() {
    for (int major : new int[] {13, 14}) {
      assertThat(MemberReading.sql(major)).doesNotContain("pg_stat_database", "${");
    }
    assertThat(MemberReading.sql(15)).contains("pg_stat_database").doesNotContain("${");
  }

  @Test
  void a_command_may_hold_secrets_and_is_read_as_a_word() {
    assertThat(MemberReading.masked("archive_command", "scp %p backup:/a/%f")).isEqualTo("set");
    assertThat(MemberReading.masked("archive_command", "scp %p backup:/a/%f || true"))
        .isEqualTo(ArchiveCommand.HIDING);
    assertThat(MemberReading.masked("archive_command", "")).isEmpty();
    assertThat(MemberReading.masked("wal_level", "replica")).isEqualTo("replica");
    // of another setting it is asked only whether it waits for a restart
    assertThat(MemberReading.masked("pg_extension.api_key", "hunter2")).isEmpty();
    assertThat(MemberReading.sql(15)).contains("WHEN '' THEN '' ELSE 'set' END");
  }
}
