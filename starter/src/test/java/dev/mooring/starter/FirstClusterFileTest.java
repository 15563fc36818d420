package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.Problem;
import dev.mooring.starter.init.DrCopy;
import dev.mooring.starter.init.GreenplumInstances;
import dev.mooring.starter.init.Login;
import dev.mooring.starter.init.SegmentConfiguration.Segment;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterKind;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FirstClusterFileTest {
  private static final ClusterName HAVEN = new ClusterName("haven");
  private static final FirstServer SERVER =
      new FirstServer(
          "db1", 5432, "/data/0", 15, "7301234567890123456", "on cp %p /wal/%f", List.of());

  private static final Login LOGIN = new Login("mooring", "postgres", "disable");
  private static final List<Segment> SEGMENTS =
      List.of(
          new Segment(1, -1, false, "cdw", 5432, "/data/qddir/gpseg-1"),
          new Segment(2, 0, false, "sdw1", 6000, "/data/primary/gpseg0"),
          new Segment(3, 0, true, "cdw", 7000, "/data/mirror/gpseg0"));

  private static String text(List<String> drHosts) {
    return FirstClusterFile.of(HAVEN, List.of(SERVER), drHosts, LOGIN);
  }

  private static String greenplum(String drHost, Map<Integer, Integer> dbids) {
    List<DrCopy> copies =
        List.of(
            new DrCopy(-1, drHost, 5432, "/data/qddir/gpseg-1", false),
            new DrCopy(0, drHost, 6000, "/data/primary/gpseg0", false));
    return FirstClusterFile.of(
        HAVEN, new GreenplumInstances(SEGMENTS, copies, dbids, "/usr/local/greenplum-db"), LOGIN);
  }

  private static List<Problem> problems(String text) {
    return ClusterFileParser.parse(text, HAVEN).match(read -> List.of(), problems -> problems);
  }

  /** A server's words are a value each, and no lines of the file. */
  @Test
  void a_directory_and_a_command_with_quotes_and_lines_stay_one_value() {
    FirstServer server =
        new FirstServer(
            "db1", 5432, "/data\"}\nx: {", 15, "7301234567890123456", "cp\nx: {}", List.of());
    String text = FirstClusterFile.of(HAVEN, List.of(server), List.of("w"), LOGIN);
    assertThat(problems(text))
        .hasSize(2)
        .allMatch(one -> one.toString().contains("].dataDirectory: must be an absolute path"));
  }

  @Test
  void every_guess_is_marked_on_its_line_and_told() {
    String text = text(List.of("dr1"));
    List<String> lines = text.lines().toList();

    assertThat(problems(text)).isEmpty();
    assertThat(lines)
        .filteredOn(line -> line.contains("/var/lib/mooring/evidence") || line.contains("/archive"))
        .hasSize(3)
        .allMatch(line -> line.contains("# GUESSED: "));
    assertThat(FirstClusterFile.guesses(text))
        .hasSize(4)
        .first()
        .isEqualTo("line 5: a directory that the workers of both sites share");
    assertThat(lines.get(4)).contains("/var/lib/mooring/evidence");
  }

  @Test
  void a_dr_host_that_is_not_known_is_a_problem_and_no_guess() {
    String text = text(List.of());

    assertThat(problems(text)).hasSize(1);
  }

  @Test
  void a_greenplum_has_the_instances_of_its_catalogue_and_the_dbids_of_its_copies() {
    Cluster cluster =
        ClusterFileParser.parse(greenplum("dr1.example.org", Map.of(-1, 11, 0, 12)), HAVEN)
            .match(
                read -> read,
                problems -> {
                  throw new AssertionError(problems);
                });

    assertThat(cluster.kind()).isEqualTo(ClusterKind.GREENPLUM);
    assertThat(cluster.instances())
        .extracting(Instance::dbid, i -> i.content().value(), Instance::port, Instance::mirror)
        .containsExactlyInAnyOrder(
            tuple(1, -1, 5432, false),
            tuple(2, 0, 6000, false),
            tuple(3, 0, 7000, true),
            tuple(11, -1, 5432, false),
            tuple(12, 0, 6000, false));
    assertThat(cluster.instances())
        .extracting(Instance::dataDirectory)
        .contains("/data/mirror/gpseg0");
  }

  @Test
  void a_dbid_that_was_not_read_is_a_problem_that_names_its_place() {
    assertThat(problems(greenplum("dr1", Map.of(-1, 11))))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("write dbid: N, the gp_dbid in /data/primary/gpseg0/internal.auto.conf");
  }

  @Test
  void a_copy_with_productions_dbid_is_a_problem_when_the_file_is_written() {
    assertThat(problems(greenplum("dr1", Map.of(-1, 11, 0, 2))))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .startsWith("dbid 2 is that of instance 'east-0'");
  }

  @Test
  void copies_of_a_greenplum_on_hosts_that_are_not_known_are_problems_and_no_guess() {
    String text = greenplum("", Map.of());

    assertThat(text).contains("{name: dr-coordinator}     # the DR host of content -1");
    assertThat(problems(text))
        .extracting(Problem::path)
        .containsExactly(
            "hosts[2].name", "hosts[3].name", "instances[3].dbid", "instances[4].dbid");
    assertThat(FirstClusterFile.guesses(text)).hasSize(5);
  }
}
