package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What postgresql.auto.conf of a copy says once its target was written, and written again. */
class TargetScriptTest {
  /** In this order: an empty target that comes behind the name is taken for a second one. */
  private static final String WRITTEN =
      """
      recovery_target = ''
      recovery_target_lsn = ''
      recovery_target_time = ''
      recovery_target_xid = ''
      promote_trigger_file = ''
      primary_conninfo = ''
      primary_slot_name = ''
      synchronous_standby_names = ''
      archive_cleanup_command = ''
      recovery_end_command = ''
      recovery_min_apply_delay = 0
      recovery_target_name = 'point'
      hot_standby = 'off'
      """;

  private static final String ELSEWHERE =
      """
      of_instance() { cluster_dir=$work; }
      refuse_primary() { :; }
      keep_aside() { kept=$work; }
      frame() { :; }
      configuration_seen() { :; }
      ask_settings() { :; }
      say_settings() { :; }
      effective_hot_standby() { :; }
      keep() { :; }
      keep_versions() { :; }
      refuse_unless_prepared_starts() { :; }
      """;

  @TempDir Path directory;

  private String written(List<String> shell, String version) throws Exception {
    Files.writeString(directory.resolve("PG_VERSION"), version + "\n");
    Sh.saidBy(
        shell,
        String.join(
            "\n",
            Script.resource(Script.class, "prelude.sh"),
            Script.resource(Script.class, "server.sh"),
            Script.resource(RecoveryTarget.class, "target.sh"),
            "subject=west-0 data=$1 work=$1",
            ELSEWHERE,
            """
            ensure_target x x run "recovery_target_name = 'point'
            hot_standby = 'off'
            " 1 off
            """),
        directory);
    return Files.readString(directory.resolve("postgresql.auto.conf"));
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void what_another_file_may_have_is_overridden_however_often_the_target_is_written(
      List<String> shell) throws Exception {
    for (int time = 1; time <= 3; time++) {
      assertThat(written(shell, "15")).isEqualTo(WRITTEN);
    }
    assertThat(written(shell, "16"))
        .isEqualTo(WRITTEN.replaceAll("(?m)^promote_trigger_file.*\n", ""));
  }
}
