package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether a run can set something in a member, apart from what else its next start reads. */
class SettableScriptTest {
  @TempDir Path data;

  private String said(List<String> shell, String wrong, Object files) throws Exception {
    return Sh.saidBy(
        shell,
        "frame() { echo \"$1:\"; }\nid() { echo me; }\n"
            + Script.resource(HostRoleActivities.class, "surroundings.sh")
            + "data=$1\nwrong_config() { config_wrong=$wrong; }\nwrong=$2\nsay_unreadable \"$3\"\n",
        data,
        wrong,
        files);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void settings_are_told_from_files_that_no_run_changes(List<String> shell) throws Exception {
    Path rules = data.resolve("pg_hba.conf");
    assertThat(said(shell, "", "")).isEqualTo("unsettable:\nunreadable:\n");
    assertThat(said(shell, "a syntax error", rules))
        .isEqualTo("unsettable:\na syntax error\nunreadable:\n" + rules + " can't be read by me\n");
    Files.writeString(rules, "");
    assertThat(said(shell, "", rules)).isEqualTo("unsettable:\nunreadable:\n");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_file_of_settings_must_be_replaceable_where_its_link_leads(List<String> shell)
      throws Exception {
    Path settings = data.resolve("postgresql.auto.conf");
    Files.createSymbolicLink(settings, data.resolve("none/settings"));
    assertThat(said(shell, "", ""))
        .isEqualTo("unsettable:\n" + settings + " can't be replaced by me\nunreadable:\n");
    Files.createDirectory(data.resolve("none"));
    assertThat(said(shell, "", "")).isEqualTo("unsettable:\nunreadable:\n");
  }
}
