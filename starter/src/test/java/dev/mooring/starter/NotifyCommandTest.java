package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.EmbeddedTemporal;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
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
  void each_channel_gets_one_notice_of_each_event_whatever_severity_it_asks_for()
      throws IOException {
    Said said = tested(with(writes("chat", "warning") + writes("pager", "critical")));

    assertThat(said.status()).as(said.err()).isEqualTo(ExitCode.DONE.status());
    assertThat(said.out().lines())
        .containsExactly(
            "2 of 2 channels of harbour took all 5 test notices",
            "  chat: its command ended with status 0 (5 of 5)",
            "  pager: its command ended with status 0 (5 of 5)");
    assertThat(Files.readAllLines(notices))
        .extracting(line -> line.replaceFirst(", nothing is wrong: .+", ""))
        .containsExactlyInAnyOrder(
            "chat critical TEST (waits)",
            "chat critical TEST (holds)",
            "chat error TEST (ended)",
            "chat warning TEST (opened)",
            "chat info TEST (over)",
            "pager critical TEST (waits)",
            "pager critical TEST (holds)",
            "pager error TEST (ended)",
            "pager warning TEST (opened)",
            "pager info TEST (over)");
    assertThat(TestNotices.of(new ClusterName("harbour"), "alice"))
        .containsOnlyKeys(EnumSet.complementOf(EnumSet.of(Event.TEST)));
  }

  @Test
  void each_notice_is_a_test_to_a_receiver_with_its_sender_a_command_and_a_link_to_its_run()
      throws IOException {
    Said said =
        tested(
            with(
                String.format(
                    """
                        - {name: json, command: "echo {json} >> %s"}
                      webUi: http://ui.example
                    """,
                    notices)));

    assertThat(said.status()).as(said.err()).isEqualTo(ExitCode.DONE.status());
    assertThat(Files.readAllLines(notices)).hasSize(5);
    for (String line : Files.readAllLines(notices)) {
      JsonNode notice = new ObjectMapper().readTree(line);
      assertThat(notice.path("event").asText()).isEqualTo("test");
      assertThat(notice.path("headline").asText()).startsWith("TEST (");
      assertThat(notice.path("lines").path(0).asText())
          .isEqualTo("alice typed `mooring notify test harbour`: no action needed");
      assertThat(notice.path("next").asText()).matches("`?mooring .*harbour.*");
      assertThat(notice.path("link").asText())
          .matches(
              String.format(
                  "http://ui\\.example/namespaces/default/workflows/%s/[0-9a-f-]{36}/history",
                  notice.path("key").asText()));
    }
  }

  @Test
  void what_a_channel_refuses_is_tried_once_and_named_and_the_others_are_sent_to()
      throws IOException {
    String broken =
        String.format(
            "    - {name: broken, command: \"echo tried >> %s; echo no route >&2; exit 3\"}\n",
            notices);
    String picky = "    - {name: picky, command: \"case {headline} in *holds*) exit 4; esac\"}\n";

    Said said = tested(with(broken + writes("pager", "critical") + picky));

    assertThat(said.status()).as(said.err()).isEqualTo(ExitCode.FAILED.status());
    assertThat(said.out().lines())
        .containsExactly(
            "1 of 3 channels of harbour took all 5 test notices",
            "  pager: its command ended with status 0 (5 of 5)",
            "  picky: its command ended with status 0 (4 of 5)",
            "  NOT SENT broken: its command ended with status 3: no route"
                + " (waits, holds, ended, opened, over)",
            "  NOT SENT picky: its command ended with status 4 (holds)");
    assertThat(Files.readAllLines(notices)).hasSize(10).filteredOn("tried"::equals).hasSize(5);
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
