package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SynchronousCommitsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "' '; 0",
        "s1; 1",
        "s1, s2; 1",
        "*; 1",
        "2 (s1, s2, s3); 2",
        "FIRST 2 (s1, s2); 2",
        "any 3(*); 3",
        "\"2 (odd\"; 1"
      })
  void knows_how_many_standbys_must_have_a_commit(String names, long needed) {
    assertThat(SynchronousCommits.needed(names)).isEqualTo(needed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "''; on; 0; false",
        "s1; on; 0; true",
        "s1, s2; on; 1; false",
        "*; remote_write; 0; true",
        "*; on; 1; false",
        "ANY 2 (s1, s2); on; 1; true",
        "FIRST 2 (s1, s2); remote_apply; 2; false",
        "s1; local; 0; false",
        "s1; off; 0; false",
        "s1; ''; 0; true"
      })
  void commits_hang_while_fewer_standbys_count_than_must_have_them(
      String names, String commit, long counted, boolean hang) {
    assertThat(SynchronousCommits.hang(names, commit, counted)).isEqualTo(hang);
  }

  @Test
  void a_standby_counts_for_the_first_ones_and_for_a_quorum() {
    assertThat(Stream.of("sync", "quorum", "potential", "async", ""))
        .filteredOn(SynchronousCommits::counts)
        .containsExactly("sync", "quorum");
  }

  @Test
  void a_commit_on_its_way_to_a_standby_that_is_there_is_no_trouble() {
    assertThat(commits("s1", 1, 3, 4).trouble()).isEmpty();
  }

  @Test
  void names_a_standby_that_is_still_called_synchronous_and_does_not_answer() {
    assertThat(commits("s1", 1, 2, 5).trouble())
        .contains(
            "gets no reply from its synchronous standbys that its commits wait for: 2 wait, the"
                + " first for 5 s; synchronous_standby_names is 's1', connected: s1 (sync)");
  }

  @Test
  void names_standbys_that_are_gone_also_before_anybody_commits() {
    assertThat(new SynchronousCommits("ANY 2 (s1, s2)", List.of(), 0, 0, 0).trouble())
        .contains(
            "has 0 of the 2 synchronous standbys that its commits wait for: no session waits yet;"
                + " synchronous_standby_names is 'ANY 2 (s1, s2)', connected: none");
  }

  private static SynchronousCommits commits(
      String names, long counted, long waiting, long seconds) {
    return new SynchronousCommits(names, List.of("s1 (sync)"), counted, waiting, seconds);
  }
}
