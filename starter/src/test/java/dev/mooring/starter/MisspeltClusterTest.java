package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.ExitCode;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster's name with a slip in it, on a machine that has cluster files. */
class MisspeltClusterTest {
  @TempDir Path directory = Path.of("set by JUnit");

  @ParameterizedTest
  @ValueSource(strings = {"whois", "logs", "report", "verify", "consume", "replicate files"})
  void is_refused_by_each_command_that_reads_its_file_here(String line) throws IOException {
    SampleEvidence.in(directory);
    String whole = line.equals("replicate files") ? line + " --directory ." : line;
    Said said = Said.by((whole + " habrour --config-dir " + directory).split(" "));

    assertThat(said.err()).contains("did you mean harbour?");
    assertThat(said.status()).isEqualTo(ExitCode.REFUSED.status());
  }

  @Test
  void is_told_apart_from_one_that_may_be_there() throws IOException {
    ClusterFiles files = new ClusterFiles(directory);
    assertThat(files.unknown(new ClusterName("habrour"))).isEmpty();
    SampleEvidence.in(directory);
    assertThat(files.unknown(new ClusterName("harbour"))).isEmpty();
    assertThat(files.unknown(new ClusterName("habrour"))).contains("; did you mean harbour?");
    assertThat(files.unknown(new ClusterName("quay"))).contains("");
  }

  @Test
  void nothing_is_said_where_the_directory_can_not_be_listed() throws IOException {
    ClusterFiles files = new ClusterFiles(Files.createFile(directory.resolve("file")));

    assertThat(files.unknown(new ClusterName("quay"))).isEmpty();
  }
}
