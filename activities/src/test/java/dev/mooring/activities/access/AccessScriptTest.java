package dev.mooring.activities.access;

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

/** Mooring's lines are loaded by a server's program before they are in its pg_hba.conf. */
class AccessScriptTest {
  private static final String OTHERS = "local all all peer\n";
  private static final String LINE = "host replication \"s\" %s scram-sha-256";

  @TempDir Path data;
  private Path rules = Path.of("/nonexistent");

  @BeforeEach
  void ofAServer() throws IOException {
    rules = Files.writeString(data.resolve("pg_hba.conf"), OTHERS);
    Files.createDirectory(data.resolve("global"));
    for (String file : List.of("PG_VERSION", "global/pg_control")) {
      Files.writeString(data.resolve(file), "15\n");
    }
  }

  private String set(List<String> shell, String lines) throws Exception {
    return by(shell, "ensure_access", lines);
  }

  /** As a server whose host has no such interface. */
  private String by(List<String> shell, String function, String lines) throws Exception {
    return Sh.saidBy(
        shell,
        Script.resource(Script.class, "needs.sh")
            + Script.resource(HostAccessActivities.class, "access.sh")
            + """
            of_instance() { :; }
            ask() { value=$data/pg_hba.conf; }
            report() { [ "$1" = file ] || echo "$1 $2"; }
            refuse() { echo "$1: $2"; exit 1; }
            process_state() { state=STOPPED; }
            timeout() {
              echo 'LOG:  listening on Unix socket'
              grep -q '^[^#]' "${8#hba_file=}" && ! grep -q 'fe80::1%' "${8#hba_file=}" ||
                printf 'LOG:  invalid IP address\\nCONTEXT:  line 2\\nFATAL:  could not load %s\\n' x
            }
            data=$1 work=$1 subject=x bin=/none
            "$2" x x harbour "$3"
            """,
        data,
        function,
        lines);
  }

  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void lines_that_the_server_would_not_load_are_never_put_in(List<String> shell) throws Exception {
    String refused = set(shell, LINE.formatted("fe80::1%none/128"));
    assertThat(refused)
        .isEqualTo(
            "HOST_REFUSED: the server would not load "
                + rules
                + " with Mooring's lines: LOG: invalid IP address CONTEXT: line 2 \n");
    assertThat(rules).hasContent(OTHERS);
    assertThat(data.resolve("pg_hba.conf.mooring")).doesNotExist();
    assertThat(set(shell, LINE.formatted("10.0.0.1/32"))).isEqualTo("changed yes\n");
    assertThat(rules).content().contains("10.0.0.1/32").endsWith(OTHERS);
  }

  /** Else lines could be neither taken out nor put in where a person wrote something wrong. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void a_file_that_is_not_loaded_without_them_either_hinders_no_undo(List<String> shell)
      throws Exception {
    set(shell, LINE.formatted("10.0.0.1/32"));
    Files.writeString(rules, Files.readString(rules) + "host all all fe80::1%none/128 md5\n");
    assertThat(set(shell, "")).isEqualTo("changed yes\n");
    assertThat(rules).content().startsWith(OTHERS).doesNotContain("harbour");
  }

  /** A server that runs keeps its rules; the file is as that person left it. */
  @ParameterizedTest
  @MethodSource("dev.mooring.activities.host.Sh#shells")
  void an_undo_leaves_a_file_that_a_person_emptied_around_the_lines(List<String> shell)
      throws Exception {
    set(shell, LINE.formatted("10.0.0.1/32"));
    Files.writeString(rules, Files.readString(rules).replace(OTHERS, "# none\n"));
    assertThat(set(shell, "")).startsWith("HOST_REFUSED: the server would not");
    assertThat(by(shell, "revert_access", "")).isEqualTo("changed yes\n");
    assertThat(rules).hasContent("# none\n");
  }
}
