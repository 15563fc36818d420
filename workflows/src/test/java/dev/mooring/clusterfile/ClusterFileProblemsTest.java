package dev.mooring.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.ClusterName;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterFileProblemsTest {

  /** One case of broken-files.txt. */
  record BrokenFile(String name, String old, String changed, List<String> said) {
    static BrokenFile of(String text) {
      List<String> lines = text.lines().toList();
      return new BrokenFile(
          lines.get(0).substring("= ".length()),
          after("-", lines),
          after("+", lines),
          lines.stream().filter(line -> line.matches("[0-9]+:[0-9]+: .*")).toList());
    }

    private static String after(String mark, List<String> lines) {
      return String.join(
          "\n",
          lines.stream()
              .filter(line -> line.startsWith(mark))
              .map(line -> line.substring(mark.length()))
              .toList());
    }

    @Override
    public String toString() {
      return name + ": " + changed;
    }
  }

  static Stream<BrokenFile> brokenFiles() {
    return Arrays.stream(Files.read("broken-files.txt").split("\n\n"))
        .filter(text -> text.startsWith("= "))
        .map(BrokenFile::of);
  }

  @ParameterizedTest
  @MethodSource("brokenFiles")
  void says_where_and_what(BrokenFile broken) {
    String yaml = Files.edited(Files.read(broken.name()), broken.old(), broken.changed());

    assertThat(broken.said()).isNotEmpty();
    assertThat(Files.problems(yaml)).containsExactlyElementsOf(broken.said());
  }

  @Test
  void an_empty_file_and_a_file_that_is_a_list_are_refused() {
    assertThat(Files.problems("# nothing\n")).containsExactly("1:1: the file is empty");
    assertThat(Files.problems("- 1\n"))
        .containsExactly("1:1: must be a mapping (name: value), got a list");
  }

  @Test
  void says_all_at_once_in_the_order_of_the_file() {
    String yaml = Files.edited(Files.PIER, "kind: postgres", "kind: citus");
    yaml = Files.edited(yaml, "access: local", "acces: local");
    yaml = Files.edited(yaml, "port: 5432", "port: 0");

    assertThat(Files.problems(yaml))
        .containsExactly(
            "3:7: kind: this version drives postgres, fleet, greenplum, not citus",
            "28:5: hosts[1].acces: there is no such setting. HINT: did you mean 'access'?",
            "36:11: instances[0].port: must be a number from 1 to 65535, got 0");
  }

  @Test
  void what_settings_must_fulfil_together_is_checked_once_the_file_fits_the_schema() {
    String unknown = Files.edited(Files.HARBOUR, "host: e1", "host: e11");

    assertThat(Files.problems(unknown))
        .containsExactly(
            "20:48: instances[1].host: no host is named 'e11'. HINT: did you mean 'e1'?");
    assertThat(Files.problems(Files.edited(unknown, "archiveWait: PT30S", "archive_wait: PT30S")))
        .containsExactly(
            "26:3: publish.archive_wait: there is no such setting. HINT: did you mean"
                + " 'archiveWait'?");
  }

  @Test
  void a_setting_given_twice_hides_no_wrong_value() {
    String yaml = Files.edited(Files.PIER, "cluster: pier", "cluster: pier\ncluster: pier");

    assertThat(Files.problems(Files.edited(yaml, "kind: postgres", "kind: oracle")))
        .containsExactly(
            "3:1: 'cluster' is given twice, first in line 2",
            "4:7: kind: must be one of postgres, fleet, greenplum, got 'oracle'");
  }

  @Test
  void a_name_that_is_not_the_files_is_said_beside_the_rest() {
    assertThat(
            ClusterFileParser.parse(
                    Files.edited(Files.PIER, "kind: postgres", "kind: oracle"),
                    new ClusterName("quay"))
                .<List<String>>match(
                    cluster -> List.of(), found -> found.stream().map(Problem::path).toList()))
        .containsExactly("cluster", "kind");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password: ",
        "passwrod: ",
        "password: '",
        "password: {a: ",
        "password: [",
        "password: a: ",
        "sslMode: disable\n  password: *"
      })
  void never_repeats_a_secret_given_in_clear(String place) {
    String yaml =
        Files.edited(Files.PIER, "  user: mooring", "  user: mooring\n  " + place + "hunter2");

    assertThat(Files.problems(yaml)).isNotEmpty().noneMatch(said -> said.contains("hunter2"));
  }

  @Test
  void what_it_quotes_can_t_speak_to_the_terminal() {
    String yaml = Files.edited(Files.PIER, "kind: postgres", "\"a\\e[2J\": \"b\"");

    assertThat(Files.problems(yaml)).isNotEmpty().allMatch(said -> said.matches("\\P{Cntrl}*"));
  }
}
