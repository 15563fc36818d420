package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.postgres.SessionSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sessions of the scripts' programs have the settings of Mooring's own. */
class SessionsScriptTest {
  @TempDir private Path data;

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void have_each_setting_that_the_version_of_the_server_has(List<String> shell) throws Exception {
    assertThat(options(shell, "13"))
        .startsWith(
            "-c statement_timeout=0 -c search_path=pg_catalog,pg_temp -c default_transaction_isolation")
        .contains("=read\\ committed -c ", "-c idle_in_transaction_session_timeout=0 ")
        .doesNotContain("idle_session_timeout");
    assertThat(options(shell, "9.4")).doesNotContain("idle_");
    assertThat(options(shell, "14")).contains("-c idle_session_timeout=0 ");
    assertThat(options(shell, "18").split("-c ", -1)).hasSize(SessionSettings.ALL.size() + 1);
  }

  private String options(List<String> shell, String version) throws Exception {
    Files.writeString(data.resolve("PG_VERSION"), version + "\n");
    Script script = OfInstance.parts(Script.of("settle", Script.class, List.of()));
    String functions = script.text().substring(0, script.text().indexOf("\nmain() {"));
    return Sh.saidBy(
        shell,
        "PGOPTIONS='-c geqo=off'\n" + functions + "\ndata=$1\nsettle_sessions\nprintenv PGOPTIONS",
        data);
  }
}
