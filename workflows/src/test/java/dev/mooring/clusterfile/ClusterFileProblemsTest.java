package dev.mooring.clusterfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.ClusterName;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "archiveWait: PT30S | archive_wait: PT30S | 26:3: publish.archive_wait: there is no such"
            + " setting. HINT: did you mean 'archiveWait'?",
        "every: PT5M | every: 5 minutes | 25:10: publish.every: must be an ISO 8601 duration from"
            + " PT10S to P7D, such as PT5M, got '5 minutes'",
        "checkpointBeforePoint: spread | checkpointBeforePoint: imediate | 30:26:"
            + " publish.checkpointBeforePoint: must be one of never, spread, immediate, got"
            + " 'imediate'. HINT: did you mean 'immediate'?",
      })
  void a_slip_in_one_setting_hides_no_fault_of_others(String old, String slip, String said) {
    String yaml = Files.edited(Files.edited(Files.HARBOUR, old, slip), "host: e1", "host: e11");

    assertThat(Files.problems(yaml))
        .containsExactly(
            "20:48: instances[1].host: no host is named 'e11'. HINT: did you mean 'e1'?", said);
  }

  @Test
  void a_setting_near_no_known_one_hides_no_fault_of_others() {
    String yaml = Files.edited(Files.HARBOUR, "archiveWait: PT30S", "xyzzyplugh: PT30S");

    assertThat(Files.problems(Files.edited(yaml, "host: e1", "host: e11")))
        .hasSize(2)
        .contains("20:48: instances[1].host: no host is named 'e11'. HINT: did you mean 'e1'?")
        .anyMatch(said -> said.startsWith("26:3: publish.xyzzyplugh: there is no such setting."));
  }

  @Test
  void a_section_near_no_known_one_hides_no_fault_of_others() {
    String yaml = Files.HARBOUR + "xyzzyplugh: {host: e0}\n";

    assertThat(Files.problems(Files.edited(yaml, "host: e1", "host: e11")))
        .hasSize(2)
        .anyMatch(said -> said.contains("instances[1].host: no host is named 'e11'"))
        .anyMatch(said -> said.contains("xyzzyplugh: there is no such setting."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dataDirectory: /data/east-0, | '' | instances[0].dataDirectory",
        "dataDirectory: /data/east-0 | dataDirectory: data | instances[0].dataDirectory",
        "'port: 6000, dataDirectory: /data/east-0' | dataDirectory: /data/east-0 |"
            + " instances[0].port",
        "'manager: {pg_ctl: /usr/lib/postgresql/15/bin}' | manager: pg_ctl | instances[0].manager",
        "'archive: {directory: \"/archive/{content}\"}' | archive: '\"\"' | sites[0].archive",
        "'archive: {directory: \"/archive/{content}\"}' | consume: manual | sites[0].archive",
        "'user: mooring, ' | '' | database.user",
        "'trustedKeys: [/etc/mooring/signing.pub]' | 'trustedKeys: [signing.pub]' |"
            + " evidence.trustedKeys[0]",
        "timeout: PT300S | timeout: soon | consume.timeout",
        "checkpointBeforePoint: spread | checkpointBeforePoint: often |"
            + " publish.checkpointBeforePoint",
      })
  void what_is_missing_or_can_not_be_hides_no_fault_of_others(
      String old, String changed, String path) {
    String yaml = Files.edited(Files.edited(Files.HARBOUR, old, changed), "host: e1", "host: e11");

    assertThat(Files.problems(yaml))
        .hasSize(2)
        .anyMatch(said -> said.contains(": " + path + ": "))
        .anyMatch(said -> said.contains(": instances[1].host: no host is named 'e11'"));
  }

  /** Else each host would lack what may stand there, and each section what it belongs to. */
  @ParameterizedTest
  @CsvSource({"ssh:, access:", "replication:, streaming:"})
  void of_a_section_that_may_be_any_only_that_is_said(String section, String unknown) {
    String yaml = Files.edited(Files.STRAIT, "\n" + section, "\n" + unknown);

    assertThat(Files.problems(yaml))
        .hasSize(1)
        .allMatch(said -> said.contains(unknown.replace(":", "") + ": there is no such setting."));
    assertThat(Files.problems(Files.edited(yaml, "host: e1", "host: e11"))).hasSize(2);
  }

  @Test
  void what_decides_which_site_publishes_is_not_guessed() {
    assertThat(
            Files.problems(
                Files.edited(Files.STRAIT, "publish: {site: east}", "publish: {site: East}")))
        .hasSize(1)
        .allMatch(said -> said.contains("publish.site: must be a name"));
  }

  @Test
  void what_stands_in_for_a_list_or_a_manager_is_not_counted() {
    assertThat(
            Files.problems(
                Files.edited(
                    Files.STRAIT,
                    "number: 1, instances: [east-0, west-0]",
                    "number: 2, instances: east-0")))
        .noneMatch(said -> said.contains("instances names 1"));
    assertThat(
            Files.problems(
                Files.read("sound.yaml")
                    .replaceAll("manager: [{]patroni: .*", "manager: patroni}")))
        .isNotEmpty()
        .allMatch(said -> said.contains(".manager: "));
  }

  /** Or each instance would be said to be on an unknown host. */
  @Test
  void what_the_rest_refers_to_is_alone_said_to_be_missing() {
    String yaml = Files.edited(Files.HARBOUR, "  - {name: e1, address", "  - {address");

    assertThat(Files.problems(yaml)).hasSize(1).allMatch(said -> said.contains("hosts[1].name"));
  }

  @Test
  void a_port_that_can_not_be_hides_no_fault_of_its_instance() {
    String yaml =
        Files.edited(Files.edited(Files.PIER, "port: 5432", "port: 0"), "host: n0", "host: n9");

    assertThat(Files.problems(yaml))
        .hasSize(2)
        .anyMatch(said -> said.contains("instances[0].host: no host is named 'n9'"))
        .anyMatch(said -> said.contains("instances[0].port: must be a number from 1 to 65535"));
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
