package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which lines of postgresql.auto.conf an instance loses when it is to follow. */
class FollowScriptTest {
  private static final String PARKED =
      """
      work_mem = '4MB'
      hot_standby = 'off'
      recovery_target_name = 'point'
      restore_command = '/m/bin/mooring-restore-0123456789abcdef /m/harbour/west-0.gate "%f" "%p" "%r"'
      archive_mode = 'off'
      archive_cleanup_command = ''
      recovery_end_command = ''
      """;

  /** What another file may have left is overridden, whatever the server program says of it. */
  private static final String FOLLOWS =
      """
      recovery_target = ''
      recovery_target_lsn = ''
      recovery_target_time = ''
      recovery_target_xid = ''
      promote_trigger_file = ''
      recovery_target_name = ''
      primary_conninfo = 'host=east'
      """;

  @TempDir Path directory;

  private int version = 15;

  private List<String> followed(List<String> shell, String before) throws Exception {
    return followed(shell, before, "value=''");
  }

  private List<String> followed(List<String> shell, String before, String asked) throws Exception {
    Path configuration = directory.resolve("postgresql.auto.conf");
    Files.writeString(configuration, before);
    Files.writeString(directory.resolve("PG_VERSION"), version + "\n");
    String said =
        Sh.saidBy(
            shell,
            FollowScript.with(
                """
                frame() { :; }
                refuse_unless_prepared_starts() { :; }
                ask() { %s; }
                subject=west-0 data='%s' work='%s' changed='' state=RUNNING
                """
                    .formatted(asked, directory, directory),
                """
                follow_settings "$1" "dbname=''my db''" >"$work/said"
                echo "${restart:-no}"
                """),
            "primary_conninfo = 'host=east'\n");
    assertThat(Files.readString(directory.resolve("said")).lines())
        .allMatch(before::contains)
        .doesNotContain("work_mem = '4MB'");
    return List.of(said, Files.readString(configuration));
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_copy_that_was_parked_loses_all_that_parking_wrote(List<String> shell) throws Exception {
    assertThat(followed(shell, PARKED)).containsExactly("yes\n", "work_mem = '4MB'\n" + FOLLOWS);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_standby_keeps_what_it_archives_with(List<String> shell) throws Exception {
    String own = "hot_standby = 'on'\narchive_mode = 'off'\n";
    assertThat(followed(shell, own + "restore_command = 'cp /archive/%f %p'\n"))
        .containsExactly("no\n", own + FOLLOWS);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void targets_of_another_file_take_a_restart_once(List<String> shell) throws Exception {
    List<String> answers =
        List.of("value=''; [ $1 != recovery_target_xid ] || value=1000", "return 1");
    for (String answer : answers) {
      assertThat(followed(shell, "", answer)).containsExactly("yes\n", FOLLOWS);
      assertThat(followed(shell, FOLLOWS, answer)).containsExactly("no\n", FOLLOWS);
    }
  }

  /**
   * By that a standby synchronizes slots (sync_replication_slots); a receiver of WAL ignores it.
   */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_database_is_named_from_version_17_on(List<String> shell) throws Exception {
    version = 16;
    assertThat(followed(shell, "").get(1)).endsWith("\nprimary_conninfo = 'host=east'\n");
    version = 17;
    assertThat(followed(shell, "").get(1))
        .endsWith("\nprimary_conninfo = 'dbname=''my db'' host=east'\n");
  }
}
