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

/** What of a member's configuration would fail an act of a move, or its next start. */
class UnreadableScriptTest {
  @TempDir Path data;

  private String said(List<String> shell, String wrong, Object... files) throws Exception {
    return Sh.saidBy(
        shell,
        "frame() { echo \"$1:\"; }; id() { echo me; }\n"
            + Script.resource(HostRoleActivities.class, "surroundings.sh")
            + """
            data=$1 config_wrong=$2
            wrong_config() { :; }
            refuses_access() { [ ! -r "$1" ] || { read -r said <"$1" && case $said in LOG*) ;; *) false ;; esac; }; }
            say_unreadable "$3"
            """,
        data,
        wrong,
        String.join("\n", List.of(files).stream().map(String::valueOf).toList()));
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void settings_that_a_server_refuses_and_files_that_the_account_can_not_read(List<String> shell)
      throws Exception {
    Path settings = data.resolve("postgresql.conf");
    assertThat(said(shell, "")).isEqualTo("unreadable:\n");
    assertThat(said(shell, "a syntax error", settings))
        .startsWith("unreadable:\na syntax error\n" + settings + " can't be read by me\n");
  }

  /** A server that runs keeps the rules that it has, and ends at its next start. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void access_rules_that_a_server_does_not_load(List<String> shell) throws Exception {
    Path settings = Files.writeString(data.resolve("postgresql.conf"), "LOG\n");
    Path rules = Files.writeString(data.resolve("pg_hba.conf"), "LOG: invalid line 3\n");
    assertThat(said(shell, "", settings, rules)).isEqualTo("unreadable:\nLOG: invalid line 3\n");
    Files.writeString(rules, "local all all peer\n");
    assertThat(said(shell, "", settings, rules)).isEqualTo("unreadable:\n");
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_file_of_settings_that_can_not_be_replaced_where_its_link_leads(List<String> shell)
      throws Exception {
    Path settings = data.resolve("postgresql.auto.conf");
    Files.createSymbolicLink(settings, data.resolve("none/settings"));
    assertThat(said(shell, ""))
        .isEqualTo("unreadable:\n" + settings + " can't be replaced by me\n");
    Files.createDirectory(data.resolve("none"));
    assertThat(said(shell, "")).isEqualTo("unreadable:\n");
  }
}
