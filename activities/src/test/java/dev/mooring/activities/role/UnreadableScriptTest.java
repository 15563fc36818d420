package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What of a member's configuration would fail an act of a move, or its next start. */
class UnreadableScriptTest {
  @TempDir Path data;

  private String said(List<String> shell, String wrong, Object... files) throws Exception {
    return said(shell, wrong, "off", files);
  }

  private String said(List<String> shell, String wrong, String ssl, Object[] files)
      throws Exception {
    return Sh.saidBy(
        shell,
        "frame() { echo \"$1:\"; }; id() { echo me; }; by_name() { echo \"$1\"; }\n"
            + "ssl=${4-off}\n"
            + Script.resource(Script.class, "needs.sh")
            + Script.resource(HostRoleActivities.class, "surroundings.sh")
            + """
            data=$1 config_wrong=$2
            wrong_config() { :; }
            bin=$1; of_libraries() { libdir=$data/lib; }
            ask() {
              case $1 in
                ssl) value=$ssl ;;
                ssl_key_file | ssl_cert_file) value=certs/$1 ;;
                shared_preload_libraries) value='one, two' ;;
                *) value='' ;;
              esac
            }
            refuses_access() { [ ! -r "$1" ] || { read -r said <"$1" && case $said in LOG*) ;; *) false ;; esac; }; }
            say_unreadable "$3"
            """,
        data,
        wrong,
        String.join("\n", List.of(files).stream().map(String::valueOf).toList()),
        ssl);
  }

  @BeforeEach
  void libraries() throws IOException {
    Files.createDirectory(data.resolve("lib"));
    for (String name : List.of("one", "two")) {
      Files.writeString(data.resolve("lib/" + name + ".so"), "");
    }
  }

  /** A server that runs has them in memory. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void libraries_and_certificates_that_its_next_start_loads(List<String> shell) throws Exception {
    Object[] settings = {Files.writeString(data.resolve("postgresql.conf"), "")};
    assertThat(said(shell, "", "off", settings)).isEqualTo("unreadable:\n");
    Files.delete(data.resolve("lib/two.so"));
    assertThat(said(shell, "", "off", settings))
        .isEqualTo("unreadable:\nlibrary two is not there (" + data.resolve("lib") + ")\n");
    assertThat(said(shell, "a syntax error", "on", settings))
        .contains("certs/ssl_key_file: can't be read", "certs/ssl_cert_file: can't be read");
    assertThat(said(shell, "", "on", new Object[0]))
        .as("a member that does not start, or does not answer")
        .isEqualTo("unreadable:\n");
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
