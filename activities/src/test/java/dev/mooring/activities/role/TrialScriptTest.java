package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How often a replication connection is tried, by a psql that notes its limit and says its part.
 */
class TrialScriptTest {
  private static final String EXPIRED =
      "psql: error: connection to server at \"w0\", port 6000 failed: timeout expired";

  @TempDir Path bin;

  private String trial(String psql) throws IOException, InterruptedException {
    Path program = bin.resolve("psql");
    Files.writeString(
        program,
        "#!/bin/sh\nfor word; do case $word in *connect_timeout=*) echo \"${word##*=}\""
            + " >>\"$0.limits\" ;; esac; done\n"
            + psql
            + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    String script =
        Script.resource(Script.class, "prelude.sh")
            + "report() { echo \"$1: $2\"; }\n"
            + Script.resource(HostRoleActivities.class, "surroundings.sh")
            + "bin=$1\ntry_connection host=w0 secret\nreport port \"$PGPORT\"\n";
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", script, "sh", bin.toString()).redirectErrorStream(true);
    shell.environment().put("PGPORT", "29005");
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(Limit.ended(process, 30)).isTrue();
    return said;
  }

  @Test
  void its_psql_does_not_see_the_port_that_the_account_gives_its_server() throws Exception {
    assertThat(trial("echo \"port ${PGPORT-none}\"")).isEqualTo("trial: port none\nport: 29005\n");
  }

  private String limits() throws IOException {
    return Files.readString(bin.resolve("psql.limits"));
  }

  @Test
  void one_that_nobody_answers_is_tried_again_and_longer_at_last() throws Exception {
    String lost = "[ \"$(grep -c . \"$0.limits\")\" -ge 3 ] || { echo '" + EXPIRED + "'; exit 2; }";
    assertThat(trial(lost + "\necho '7000000000000000001|1|0/3000000|'"))
        .startsWith("trial: 7000000000000000001|1|0/3000000|\n");
    assertThat(limits()).isEqualTo("3\n3\n9\n");
  }

  @Test
  void one_that_never_is_answered_is_said() throws Exception {
    assertThat(trial("echo '" + EXPIRED + "'; exit 2")).startsWith("trial: " + EXPIRED);
    assertThat(limits()).isEqualTo("3\n3\n9\n");
  }

  @Test
  void one_that_is_refused_is_not_tried_again() throws Exception {
    assertThat(trial("echo 'FATAL:  no pg_hba.conf entry'; exit 2"))
        .startsWith("trial: FATAL:  no pg_hba.conf entry");
    assertThat(limits()).isEqualTo("3\n");
  }
}
