package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.Problem;
import dev.mooring.starter.FirstClusterFile.Login;
import dev.mooring.topology.ClusterName;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstClusterFileTest {
  private static final ClusterName HAVEN = new ClusterName("haven");
  private static final FirstServer SERVER =
      new FirstServer("db1", 5432, "/data/0", 15, "7301234567890123456", "on cp %p /wal/%f");

  private static String text(List<String> drHosts) {
    return FirstClusterFile.of(
        HAVEN, List.of(SERVER), drHosts, new Login("mooring", "postgres", "disable"));
  }

  private static List<Problem> problems(String text) {
    return ClusterFileParser.parse(text, HAVEN).match(read -> List.of(), problems -> problems);
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
        .isEqualTo("line 5: what the workers of both sites see");
    assertThat(lines.get(4)).contains("/var/lib/mooring/evidence");
  }

  @Test
  void a_dr_host_that_is_not_known_is_a_problem_and_no_guess() {
    String text = text(List.of());

    assertThat(problems(text)).hasSize(1);
  }
}
