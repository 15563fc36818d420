package dev.mooring.quoting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as PostgreSQL's grammar of synchronous_standby_names takes them. */
class StandbyListTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "west_0       | west_0",
        "West$0       | West$0",
        "_x           | _x",
        "anyone       | anyone",
        "*            | *",
        "0east        | \"0east\"",
        "7            | \"7\"",
        "any          | \"any\"",
        "First        | \"First\"",
        "west-0       | \"west-0\"",
        "$a           | \"$a\"",
        "a, b         | \"a, b\"",
        "a (1)        | \"a (1)\"",
        "say \"yes\"  | \"say \"\"yes\"\"\"",
      })
  void a_name_is_quoted_where_it_is_no_plain_one(String name, String written) {
    StandbyList list = new StandbyList("ANY", 1, List.of(name, "other"));
    assertThat(list).hasToString("ANY 1 (" + written + ", other)");
    assertThat(StandbyList.of(list.toString())).isEqualTo(list);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "ANY 1 (west_0, east_1)",
        "FIRST 2 (*)",
        "2 (a, \"b, c\")",
        "any 1 (\"FIRST\")",
        "a, b",
        "*",
        "\"2 (a)\"",
      })
  void a_value_stays_the_same_text(String value) {
    assertThat(StandbyList.of(value)).hasToString(value);
  }

  @Test
  void no_value_is_no_list() {
    assertThat(StandbyList.of(" ")).isEqualTo(new StandbyList("", 0, List.of())).hasToString("");
  }

  @Test
  void a_name_that_could_not_be_parsed_by_a_server_is_read() {
    assertThat(StandbyList.of("ANY 1 (0east,west-0)").names()).containsExactly("0east", "west-0");
  }

  @Test
  void a_name_is_whole_and_of_any_case() {
    StandbyList list = StandbyList.of("FIRST 1 (west_10, \"EAST_1\", *)");
    assertThat(list.isNamed("west_1")).isFalse();
    assertThat(list.isNamed("west_10")).isTrue();
    assertThat(list.isNamed("east_1")).isTrue();
  }

  /** A superuser, who may set it, could otherwise end each run of the cluster. */
  @Test
  void a_name_of_any_length_is_read() {
    String name = "a\"".repeat(100_000);
    StandbyList list = new StandbyList("ANY", 1, List.of(name, "other"));
    assertThat(StandbyList.of(list.toString())).isEqualTo(list);
  }
}
