package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who commits are to wait for, by what streams and is named. */
class SynchronousNamesTest {
  private static final String LAST = "\"file:/etc/mooring/replication\"";

  private static Cluster cluster(String synchronous) {
    return Strait.cluster(LAST, LAST + ", " + synchronous);
  }

  private static Instance member(Cluster cluster, String id) {
    return cluster.members().stream()
        .filter(member -> member.id().value().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static String names(Cluster cluster, String primary, String before, String... streaming) {
    List<Instance> there = Arrays.stream(streaming).map(id -> member(cluster, id)).toList();
    return SynchronousNames.of(cluster, member(cluster, primary), before, there).names();
  }

  @Test
  void only_those_that_are_named_and_stream() {
    Cluster any = cluster("synchronous: {method: any, number: 1, instances: [west-0, east-1]}");
    assertThat(names(any, "east-0", "", "west-0", "east-1")).isEqualTo("ANY 1 (west_0, east_1)");
    assertThat(names(any, "east-0", "", "east-1")).isEqualTo("ANY 1 (east_1)");
    assertThat(names(any, "east-0", "ANY 1 (west_0)")).isEqualTo("*");
  }

  @Test
  void fewer_than_must_confirm_are_no_reason_to_wait_for_fewer() {
    Cluster two = cluster("synchronous: {method: first, number: 2, instances: [west-0, east-1]}");
    assertThat(names(two, "east-0", "", "west-0")).isEqualTo("FIRST 2 (west_0, east_1)");
    assertThat(names(two, "east-0", "")).isEqualTo("FIRST 2 (*)");
  }

  @Test
  void where_the_file_names_nobody_what_is_there_stays() {
    assertThat(names(Strait.cluster(), "east-0", "FIRST 2 (a, b)", "west-0"))
        .isEqualTo("FIRST 2 (a, b)");
  }

  @Test
  void after_a_move_the_old_primary_stands_in_for_the_new_one() {
    Cluster any = cluster("synchronous: {method: first, number: 1, instances: [west-0]}");
    assertThat(names(any, "west-0", "FIRST 1 (east_0)", "east-0", "east-1"))
        .isEqualTo("FIRST 1 (east_0)");
  }

  /** Whoever wrote it: a commit that waits for one that is gone hangs. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      nullValues = "-",
      value = {
        "ANY 1 (west_0, east_1); ANY 1 (east_1)",
        "FIRST 2 (west_0, east_1); FIRST 1 (east_1)",
        "any 2 (east_1, WEST_0, other); any 2 (east_1, other)",
        "2 (\"west_0\", east_1); 1 (east_1)",
        "west_0, other; other",
        "ANY 2 (west_0, \"0east, first\", b); ANY 2 (\"0east, first\", b)",
        "FIRST 1 (west_0); ''",
        "west_0; ''",
        "ANY 2 (west_0, *); ANY 2 (*)",
        "*; *",
        "ANY 1 (east_1); ANY 1 (east_1)",
        "''; ''"
      })
  void no_commit_waits_for_one_that_is_taken_out(String before, String after) {
    assertThat(new SynchronousNames(before, "on").without(List.of("west_0"), true))
        .isEqualTo(new SynchronousNames(after, "on"));
  }

  @Test
  void where_no_standby_is_left_anybody_is_nobody() {
    assertThat(new SynchronousNames("ANY 1 (west_0, *)", "on").without(List.of("west_0"), false))
        .isEqualTo(new SynchronousNames("", "on"));
  }

  @ParameterizedTest
  @CsvSource({"off", "local", "remote_write", "on", "remote_apply"})
  void every_mode_can_be_set(String mode) {
    Cluster cluster = cluster("synchronousCommit: " + mode);
    assertThat(SynchronousNames.of(cluster, member(cluster, "east-0"), "", List.of()).commit())
        .isEqualTo(mode);
  }
}
