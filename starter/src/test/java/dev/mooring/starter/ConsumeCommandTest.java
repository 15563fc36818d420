package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.starter.console.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a terminal: whether the cluster's system must be named. No Temporal is there. */
class ConsumeCommandTest {
  @TempDir Path directory = Path.of("set by JUnit");

  private Said consume(Map<String, String> environment, String... more) throws IOException {
    SampleEvidence.in(directory);
    Map<String, String> all = new TreeMap<>(environment);
    all.put("TEMPORAL_ADDRESS", "127.0.0.1:1");
    List<String> words = new ArrayList<>(List.of(more));
    words.addAll(List.of("harbour", "--config-dir", directory.toString()));
    return Said.by(all, words.toArray(String[]::new));
  }

  @Test
  void where_no_site_consumes_it_is_refused_with_why() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(ClusterFileParser.class.getResourceAsStream("sound.yaml"))) {
      String streaming =
          new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("(?m)^ +- .*(name|id): (deep|d0|deep-0),.*\n", "");
      Files.writeString(directory.resolve("sound.yaml"), streaming);
    }
    Said said = Said.by("consume", "sound", "--config-dir", directory.toString());

    assertThat(said.status()).as(said.err()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.err())
        .contains("no site of cluster sound consumes restore points: each publishes or streams")
        .contains("`mooring status sound`");
  }

  @ParameterizedTest
  @CsvSource({"SSH_CONNECTION, 192.0.2.1 22 192.0.2.2 4711", "SUDO_USER, anna"})
  void what_somebody_typed_without_a_terminal_must_name_the_system(String name, String value)
      throws IOException {
    Said said = consume(Map.of(name, value), "consume");

    assertThat(said.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.err())
        .contains("no person can be asked whether harbour is the cluster that is meant: " + name)
        .contains("HINT: --system-identifier-ends DIGITS", "`mooring whois harbour`", "`ssh -t`");
  }

  @Test
  void a_primary_that_is_moved_is_named_so_too() throws IOException {
    Said said = consume(Map.of("SUDO_USER", "anna"), "switchover", "--to", "west-0");
    assertThat(said.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(said.err()).contains("SUDO_USER is set, so a person typed this");
  }

  @Test
  void and_goes_on_once_it_is() throws IOException {
    goesOn(
        consume(
            Map.of("SUDO_USER", "anna"),
            "switchover",
            "--to",
            "west-0",
            "--system-identifier-ends",
            "4711"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"4711", "any"})
  void who_names_it_goes_on(String ends) throws IOException {
    goesOn(
        consume(
            Map.of("SSH_CONNECTION", "192.0.2.1 22 192.0.2.2 4711"),
            "consume",
            "--system-identifier-ends",
            ends));
  }

  @Test
  void a_timer_goes_on_unasked() throws IOException {
    goesOn(consume(Map.of(), "consume"));
  }

  @Test
  void a_plan_goes_on_unasked() throws IOException {
    goesOn(consume(Map.of("SUDO_USER", "anna"), "plan", "consume"));
  }

  private static void goesOn(Said said) {
    assertThat(said.status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.err()).contains("no Temporal server answers at 127.0.0.1:1");
  }
}
