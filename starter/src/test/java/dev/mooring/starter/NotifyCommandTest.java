package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.EmbeddedTemporal;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person tests the channels of a cluster, through a worker of this process. */
class NotifyCommandTest {
  @TempDir Path directory = Path.of("set by JUnit");

  private Path notices = Path.of("set before each");

  @BeforeEach
  void aClusterWithoutChannels() throws IOException {
    SampleEvidence.in(directory);
    notices = directory.resolve("notices");
  }

  private String writes(String name, String from) {
    return String.format(
        "    - {name: %1$s, from: %2$s, command: \"echo %1$s {severity} {headline} >> %3$s\"}\n",
        name, from, notices);
  }

  private Cluster with(String channels) throws IOException {
    Path file = directory.resolve("harbour.yaml");
    Files.writeString(file, Files.readString(file) + "notices:\n  channels:\n" + channels);
    return new ClusterFiles(directory).read(new ClusterName("harbour"));
  }

  private Said tested(Cluster cluster) {
    try (EmbeddedTemporal temporal = new EmbeddedTemporal(cluster, directory, Map.of())) {
      return Said.by(
          Map.of(),
          caller ->
              new NotifyCommand.Test(new MooringCommand(caller)).send(cluster, temporal.server()));
    }
  }

  @Test
  void each_channel_gets_one_notice_of_whatever_severity_it_asks_for() throws IOException {
    Said said = tested(with(writes("chat", "warning") + writes("pager", "critical")));

    assertThat(said.status()).as(said.err()).isEqualTo(ExitCode.DONE.status());
    assertThat(said.out().lines())
        .containsExactly(
            "2 of 2 channels of harbour took a test notice",
            "  chat: its command ended with status 0",
            "  pager: its command ended with status 0");
    assertThat(Files.readAllLines(notices))
        .containsExactlyInAnyOrder(
            "chat critical this is a test by alice, nothing is wrong",
            "pager critical this is a test by alice, nothing is wrong");
  }

  @Test
  void a_channel_that_fails_is_tried_once_and_named_and_the_others_are_sent_to()
      throws IOException {
    String broken =
        String.format(
            "    - {name: broken, command: \"echo tried >> %s; echo no route >&2; exit 3\"}\n",
            notices);

    Said said = tested(with(broken + writes("pager", "critical")));

    assertThat(said.status()).as(said.err()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.out().lines())
        .containsExactly(
            "1 of 2 channels of harbour took a test notice",
            "  pager: its command ended with status 0",
            "  NOT SENT broken: its command ended with status 3: no route");
    assertThat(Files.readAllLines(notices)).hasSize(2).containsOnlyOnce("tried");
  }

  @Test
  void a_cluster_without_channels_is_refused_before_temporal_is_asked() {
    Said said = Said.by("notify", "test", "harbour", "--config-dir", directory.toString());

    assertThat(said.status()).isEqualTo(ExitCode.REFUSED.status());
    assertThat(said.err()).contains("harbour has no section notices", "notices.md");
  }

  @Test
  void notify_alone_is_no_command() {
    assertThat(Said.by("notify").status()).isEqualTo(ExitCode.USAGE.status());
  }
}
