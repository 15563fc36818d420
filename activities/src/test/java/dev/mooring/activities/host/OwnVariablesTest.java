package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.topology.SecretReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command of the cluster file finds in its environment. */
class OwnVariablesTest {
  private static final String COMMAND = "printf '%s' \"${HOME-unset} ${PATH:+set}\"";

  /** HOME is one that every test has; a file that is not valid, or came later, counts too. */
  @Test
  void a_command_gets_no_variable_that_a_cluster_file_names_as_a_secret(@TempDir Path directory)
      throws Exception {
    ClusterFiles files = new ClusterFiles(directory);
    assertThat(files.names()).isEmpty();
    Files.writeString(
        directory.resolve("strait.yaml"),
        """
            # not env:PATH
            command: openssl enc -pass env:PATH
            password: "env:HOME"
            broken: [""");
    Files.createDirectory(directory.resolve("harbour.yaml"));
    assertThat(LocalCommand.run(COMMAND, Duration.ofSeconds(10)))
        .isEqualTo(new LocalCommand.End.Exited(0, "unset set", ""));
  }

  @Test
  void what_logs_in_to_temporal_and_what_was_looked_up_is_withheld() {
    String text =
        new Secrets(name -> Optional.of("secret"))
            .text("the token", new SecretReference("env:MOORING_TEST_TOKEN"));
    Set<String> names =
        new HashSet<>(
            Set.of(
                "MOORING_TEST_TOKEN",
                "TEMPORAL_API_KEY",
                "TEMPORAL_GRPC_META_AUTHORIZATION",
                "TEMPORAL_TLS_CLIENT_KEY_DATA",
                "TEMPORAL_ADDRESS",
                "PGBACKREST_REPO1_S3_KEY"));
    OwnVariables.withhold(names);
    assertThat(text).isEqualTo("secret");
    assertThat(names).containsExactlyInAnyOrder("TEMPORAL_ADDRESS", "PGBACKREST_REPO1_S3_KEY");
  }
}
