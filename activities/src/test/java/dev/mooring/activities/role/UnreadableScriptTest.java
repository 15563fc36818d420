package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    return said(shell, wrong, ssl, "runs", files);
  }

  private String said(List<String> shell, String wrong, String ssl, String server, Object... files)
      throws Exception {
    return Sh.saidBy(
        shell,
        "frame() { echo \"$1:\"; }; id() { echo me; }; by_name() { echo \"$1\"; }\n"
            + "ssl=${4-off} server=$5\npostmaster() { [ \"$server\" = runs ]; }\n"
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
                config_file) value=$data/postgresql.conf ;;
                hba_file) value=$data/pg_hba.conf ;;
                *) value='' ;;
              esac
            }
            refuses_access() { [ ! -r "$1" ] || { read -r said <"$1" && case $said in LOG*) ;; *) false ;; esac; }; }
            say_unreadable "$3"
            """,
        data,
        wrong,
        String.join("\n", List.of(files).stream().map(String::valueOf).toList()),
        ssl,
        server);
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
        .as("a member that does not answer")
        .isEqualTo("unreadable:\n");
  }

  /** A run starts it, and finds out then. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_server_that_is_stopped_is_asked_by_its_program(List<String> shell) throws Exception {
    Files.writeString(data.resolve("postgresql.conf"), "");
    Path rules = Files.writeString(data.resolve("pg_hba.conf"), "local all all peer\n");
    assertThat(said(shell, "", "off", "stopped")).isEqualTo("unreadable:\n");
    Files.delete(data.resolve("lib/two.so"));
    Files.writeString(rules, "LOG: invalid line 3\n");
    assertThat(said(shell, "", "off", "stopped"))
        .contains("library two is not there", "LOG: invalid line 3");
  }

  /** It may run with others: a file was edited since, or its last start was given options. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void the_settings_of_its_next_start_are_those_of_its_files_and_its_last_options(
      List<String> shell) throws Exception {
    Path program = data.resolve("postgres");
    Files.writeString(
        program,
        "#!/bin/sh\nvalue=1\nfor word; do case $word in max_connections=*) set=${word#*=} ;; esac;"
            + " done\n[ \"$word\" != max_connections ] || value=${set-100}\necho \"$value\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(data.resolve("postgresql.conf"), "");
    String script =
        "report() { echo \"$1: $2\"; }\nwork=$1 subject=one data=$1 bin=$1\n"
            + Script.resource(Script.class, "server.sh")
            + Script.resource(HostRoleActivities.class, "surroundings.sh")
            + "say_next\n";
    assertThat(Sh.saidBy(shell, script, data))
        .startsWith("next: archive_mode=1\nhot_standby=1\n")
        .contains("\nmax_connections=100\n");
    Files.writeString(
        data.resolve("postmaster.opts"),
        String.format("/usr/bin/postgres \"-D\" \"%s\" \"-c\" \"max_connections=200\"\n", data));
    assertThat(Sh.saidBy(shell, script, data)).contains("\nmax_connections=200\n");
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
