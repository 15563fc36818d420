package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "publsh | there is no command or argument publsh; did you mean publish?",
        "folow x | there is no command or argument folow; did you mean follow?",
        "publish --no-switchwal | there is no option --no-switchwal; did you mean --no-switch-wal?",
        "publish a b | there is no command or argument b",
        "publish --mode dry | invalid value for option '--mode': expected one of [PLAN, EXECUTE]",
        "publish Harbour | cluster name must be 1 to 63 of a-z 0-9 _ - and begin with a letter or",
        "consume harbour --site a/b | site name must be 1 to 63 of a-z",
        "follow | missing required parameter: 'RUN|CLUSTER'",
        "give-up harbour | missing required option: '--reason=TEXT'",
        "approve harbour --reason x | missing required option: '--digest=DIGEST'",
        "check harbour --rehearse | there is no option --rehearse",
        "rehearse a b | there is no command or argument b",
        "plan | which runbook is to be planned?",
        "failover harbour --by-hand | --by-hand plans, from this terminal alone",
        "plan failover harbour --by-hand --no-wait | --by-hand plans, from this terminal alone",
      })
  void says_in_one_sentence_what_it_did_not_understand(String line, String sentence) {
    Said said = Said.by(line.split(" "));

    assertThat(said.err()).startsWith("mooring: " + sentence).contains("HINT: ");
    assertThat(said.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.out()).isEmpty();
  }

  @Test
  void what_is_missing_is_named_in_a_line_to_type() {
    assertThat(Said.by("approve", "harbour").err())
        .contains("HINT: `mooring approve RUN|CLUSTER ", "--digest DIGEST", "--reason TEXT");
    assertThat(Said.by("approve", "--help").out())
        .contains("--digest=DIGEST")
        .doesNotContain("[--digest=DIGEST]");
  }

  @Test
  void without_a_command_names_a_good_first_one() {
    Said said = Said.by();

    assertThat(said.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.err()).contains("a command is missing").contains("mooring status");
  }

  @Test
  void help_is_an_answer_and_not_a_complaint() {
    Said said = Said.by("publish", "--help");

    assertThat(said.status()).isZero();
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("--no-switch-wal").contains("Nothing is stopped.");
  }

  @Test
  void a_temporal_server_that_is_not_there_is_named_with_the_remedy() throws IOException {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }

    Said said = Said.by("publish", "harbour", "--address", "127.0.0.1:" + nobody);

    assertThat(said.status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.err())
        .startsWith("mooring: no Temporal server answers at 127.0.0.1:" + nobody)
        .contains("HINT: start it")
        .doesNotContain("\tat ");
  }

  /** Whether one is there or not: a server that is there has no such namespace. */
  @Test
  void without_an_address_the_usual_server_is_asked(@TempDir Path directory) throws IOException {
    Path nothingSaid = Files.writeString(directory.resolve("temporal.toml"), "[profile.default]\n");

    Said said =
        Said.by(
            Map.of("TEMPORAL_CONFIG_FILE", nothingSaid.toString()),
            "status",
            "harbour",
            "--namespace",
            "mooring-nowhere");

    assertThat(said.status()).isEqualTo(1);
    assertThat(said.err()).contains("127.0.0.1:7233").doesNotContain("unexpected");
  }
}
