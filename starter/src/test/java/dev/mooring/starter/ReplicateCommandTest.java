package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.starter.console.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No Temporal is there: what a setup writes, it writes before its run. */
class ReplicateCommandTest {
  @TempDir Path configuration = Path.of("set by JUnit");
  @TempDir Path files = Path.of("set by JUnit");

  @BeforeEach
  void write() throws IOException {
    try (InputStream strait =
        Objects.requireNonNull(ClusterFileParser.class.getResourceAsStream("strait.yaml"))) {
      Files.copy(strait, configuration.resolve("strait.yaml"));
    }
  }

  private Said typed(String line) {
    return Said.by(
        Map.of("TEMPORAL_ADDRESS", "127.0.0.1:1"),
        ("replicate " + line + " --config-dir " + configuration).split(" "));
  }

  private static List<String> namesIn(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** R16 */
  @Test
  void a_setup_writes_the_files_to_its_directory_before_its_run() throws IOException {
    Path byFiles = Files.createDirectory(configuration.resolve("by-files"));
    assertThat(typed("files strait --directory " + byFiles).status())
        .isEqualTo(ExitCode.DONE.status());
    Said said = typed("setup strait --files " + files);

    assertThat(said.err()).contains("no Temporal server answers at 127.0.0.1:1");
    assertThat(namesIn(files))
        .isEqualTo(namesIn(byFiles))
        .contains("alerts.yml", "the-primary-died.md");
    assertThat(said.out()).contains(files + "/alerts.yml");
  }

  @Test
  void the_answer_of_a_setup_in_json_has_no_other_line() {
    Said said = typed("setup strait --format json --files " + files);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains(files + "/alerts.yml");
  }

  @Test
  void the_paths_of_what_was_written_are_shown_if_a_later_file_can_not_be() throws IOException {
    Files.createDirectories(files.resolve("the-primary-died.md").resolve("other"));
    Said said = typed("files strait --directory " + files);
    assertThat(said.status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.err()).contains("the-primary-died.md can't be written");
    assertThat(said.out())
        .contains(files + "/primary_setup.sql")
        .doesNotContain("the-primary-died");
  }

  @Test
  void no_run_begins_if_they_can_not_be_written() {
    Said said = typed("setup strait --files " + files.resolve("none"));
    assertThat(said.status()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.err()).contains("can't be written").doesNotContain("Temporal");
  }
}
