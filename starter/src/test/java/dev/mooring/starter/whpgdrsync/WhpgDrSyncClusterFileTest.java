package dev.mooring.starter.whpgdrsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.Problem;
import dev.mooring.starter.init.Login;
import dev.mooring.starter.init.SegmentConfiguration.Segment;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterKind;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The example of the reference tool's README, unchanged, and what an operator adds to it. */
class WhpgDrSyncClusterFileTest {
  private static final ClusterName HARBOUR = new ClusterName("harbour");
  private static final String EXAMPLE = resource("readme-example.json");
  private static final Login LOGIN = new Login("gpadmin", "postgres", "disable");
  private static final List<Segment> PRODUCTION =
      List.of(
          new Segment(1, -1, false, "whpg-coordinator", 5432, "/data/coordinator/gpseg-1"),
          new Segment(2, 0, false, "segment-1", 6000, "/data/primary/gpseg0"),
          new Segment(3, 0, true, "segment-2", 7000, "/data/mirror/gpseg0"));

  private static String resource(String name) {
    try (InputStream in = WhpgDrSyncClusterFileTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String file(String config, List<Segment> production) {
    return file(config, production, Map.of());
  }

  private static String file(String config, List<Segment> production, Map<Integer, Integer> dbids) {
    return WhpgDrSyncClusterFile.of(
        HARBOUR, WhpgDrSyncConfig.parse(config), production, dbids, LOGIN);
  }

  /** Adds what only the DR hosts know. */
  private static String withDbids(String text) {
    return text.replace("id: west-coordinator,", "id: west-coordinator, dbid: 11,")
        .replace("id: west-0,", "id: west-0, dbid: 12,");
  }

  private static List<Problem> problems(String text) {
    return ClusterFileParser.parse(text, HARBOUR).match(read -> List.of(), problems -> problems);
  }

  private static Cluster cluster(String text) {
    return ClusterFileParser.parse(text, HARBOUR)
        .match(
            read -> read,
            problems -> {
              throw new AssertionError(problems + "\n" + text);
            });
  }

  @Test
  void the_example_serves_both_roles_once_the_dbids_are_added() {
    Cluster cluster = cluster(withDbids(file(EXAMPLE, PRODUCTION)));

    assertThat(cluster.kind()).isEqualTo(ClusterKind.GREENPLUM);
    assertThat(cluster.policies().publish().site()).isEqualTo(new SiteName("east"));
    assertThat(cluster.policies().publish().every()).isEqualTo(Duration.ofSeconds(10));
    assertThat(cluster.policies().publish().archive().atMost()).isEqualTo(Duration.ofSeconds(30));
    assertThat(cluster.policies().consume().atMost()).isEqualTo(Duration.ofMinutes(5));
    assertThat(cluster.contentsAt(new SiteName("west")))
        .containsExactly(new ContentId(-1), new ContentId(0));
    assertThat(cluster.host(new HostName("dr-coordinator")).access())
        .extracting(HostAccess::kind)
        .isEqualTo(HostAccess.Kind.LOCAL);
    assertThat(cluster.host(new HostName("dr-segment-1")).access())
        .extracting(HostAccess::kind)
        .isEqualTo(HostAccess.Kind.SSH);
  }

  @Test
  void dbids_that_were_read_on_the_hosts_of_the_copies_leave_nothing_to_be_added() {
    String text = file(EXAMPLE, PRODUCTION, Map.of(-1, 11, 0, 12));

    assertThat(cluster(text)).isEqualTo(cluster(withDbids(file(EXAMPLE, PRODUCTION))));
    assertThat(text).doesNotContain("add dbid");
  }

  @Test
  void what_neither_the_example_nor_the_coordinator_says_is_told_line_by_line() {
    assertThat(problems(file(EXAMPLE, List.of())))
        .extracting(Problem::toString)
        .satisfiesExactly(
            one -> assertThat(one).contains("site 'east' has no instances"),
            one -> assertThat(one).contains("instances[0].dbid: is missing"),
            one -> assertThat(one).contains("instances[1].dbid: is missing"));
  }

  @Test
  void waits_that_were_set_are_kept() {
    String waits =
        EXAMPLE.replace(
            "\"behavior\": {",
            "\"behavior\": {\"archive_wait_max_secs\": 90, \"archive_poll_interval_secs\": 3,");
    assertThat(file(waits, PRODUCTION)).contains("archiveWait: PT90S, archivePoll: PT3S");
  }

  @ParameterizedTest
  @CsvSource({"45,PT45S", "10,PT10S", "1,PT10S"})
  void the_interval_of_its_consumer_is_that_of_consume(int seconds, Duration every) {
    String asked =
        EXAMPLE.replace("\"consumer_sleep_secs\": 30", "\"consumer_sleep_secs\": " + seconds);
    assertThat(cluster(withDbids(file(asked, PRODUCTION))).policies().consume().every())
        .contains(every);
  }

  @Test
  void its_own_manifests_are_named_for_the_time_that_the_tool_still_publishes() {
    assertThat(file(EXAMPLE, PRODUCTION))
        .contains(
            "# manifests: {whpgDrSync: {directory: \"/data/archive/dr_sync/manifests\", latest:"
                + " \"/data/archive/dr_sync/LATEST.json\"}}");
  }

  @Test
  void commands_that_fetch_and_list_manifests_are_taken_over_with_their_braces() {
    String commands =
        EXAMPLE.replace(
            "\"storage\": {",
            """
            "storage": {
              "manifest_fetch_command": "aws s3 cp s3://bucket{manifest_path} -",
              "manifest_list_command": "aws s3 ls s3://bucket{manifest_dir}/ | awk '{print $4}'",
            """);
    String text = file(commands, PRODUCTION);

    assertThat(problems(withDbids(text))).isEmpty();
    assertThat(text)
        .contains(
            "manifests: {commands: {directory: \"/data/archive/dr_sync/mooring/harbour/manifests\","
                + " fetch: \"aws s3 cp s3://bucket{manifest_path} -\", list: \"aws s3 ls"
                + " s3://bucket{manifest_dir}/ | awk '{print $4}'\"}}");
  }

  @Test
  void commands_that_check_wal_keep_their_templates_and_the_rule_of_their_output() {
    String commands =
        EXAMPLE.replace(
            "\"behavior\": {",
            """
            "behavior": {
              "wal_check_command": "ls {wal_path} && echo EXISTS",
              "wal_check_commands": {"0": "ssh {host} 'ls {archive_dir}/{wal_filename}'"},
            """);
    String text = file(commands, PRODUCTION);
    String check =
        "walCheck: {command: \"ls {wal_path} && echo EXISTS\", contents: {\"0\": \"ssh {host} 'ls"
            + " {archive_dir}/{wal_filename}'\"}, success: output}";

    assertThat(problems(withDbids(text))).isEmpty();
    assertThat(text.lines().filter(line -> line.contains(check))).hasSize(2);
  }

  @Test
  void a_field_that_the_tool_has_no_meaning_for_is_named() {
    String config =
        EXAMPLE
            .replace("\"gp_home\"", "\"gphome\": \"/usr\", \"gp_home\"")
            .replace("\"is_local\": false", "\"is_local\": false, \"dbid\": 7");
    assertThat(WhpgDrSyncConfig.parse(config).unknown())
        .containsExactly("dr.instances[1].dbid", "dr.gphome");
    assertThat(WhpgDrSyncConfig.parse(EXAMPLE).unknown()).isEmpty();
  }

  @Test
  void what_the_tool_guessed_at_is_refused_by_name() {
    refused("\"is_local\": false", "\"is_local\": \"false\"")
        .hasMessage("dr.instances[1].is_local must be true or false, is \"false\"");
    refused("\"gp_segment_id\": 0", "\"gp_segment_id\": -1")
        .hasMessage("dr.instances[1].gp_segment_id is -1 a second time");
    refused("\"port\": 6000", "\"port\": 70000")
        .hasMessage("dr.instances[1].port must be a whole number from 1 to 65535, is 70000");
    refused("\"dr\"", "\"standby\"").hasMessage("dr must be an object, is missing");
    refused("\"archive_dir\": \"/data", "\"archive_dir\": \"data")
        .hasMessage("archive.archive_dir must be an absolute path, is \"data/archive/wal\"");
    refused("\"wal_segment_size_mb\": 64", "\"wal_check_commands\": {\"first\": \"true\"}")
        .hasMessage(
            "behavior.wal_check_commands.first must be named by a content id, such as \"-1\" or"
                + " \"0\"");
    assertThatThrownBy(() -> WhpgDrSyncConfig.parse("instances: []"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("it is no JSON: ");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(String from, String to) {
    assertThat(EXAMPLE).contains(from);
    return assertThatThrownBy(() -> WhpgDrSyncConfig.parse(EXAMPLE.replace(from, to)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
