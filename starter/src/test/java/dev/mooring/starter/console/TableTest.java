package dev.mooring.starter.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private static Table instances() {
    return new Table(
            "content",
            "instance",
            "site",
            "host",
            "state",
            "timeline",
            "LSN",
            "floor",
            "archive",
            "system")
        .row(
            "0",
            "east-0",
            "east",
            "e0",
            "primary",
            "1",
            "0/3000148",
            "",
            "has 000000010000000000000002",
            "7100000000000000001")
        .row(
            "0",
            "west-0",
            "west",
            "w0",
            "shut down in recovery",
            "1",
            "0/30000A0",
            "0/30000A0",
            "needs 000000010000000000000002",
            "7100000000000000001");
  }

  private static Table looks() {
    return new Table("subject", "id", "", "seen", "limit")
        .row(
            "west-0",
            "data-directory-mode",
            "good",
            "owner postgres, mode 700",
            "owner postgres, mode 700, 750 or another with all for the owner, no writing by its"
                + " group")
        .row(
            "east-1",
            "archiver",
            "warning",
            "the archiver failed at 000000010000000000000002",
            "a WAL file every 5 min")
        .row(
            "east-0",
            "wal-archive",
            "WRONG",
            "/srv/archives/of-the-whole-company/harbour/0 can't be read",
            "readable by postgres");
  }

  private static String shown(Table table, int width) {
    return String.join("\n", table.lines(width));
  }

  @Test
  void an_indent_counts_as_part_of_the_width() {
    Table table = new Table("candidate", "timeline").row("east-1", "1");
    assertThat(table.lines(16, "  "))
        .containsExactly(
            "  candidate",
            "  ---------",
            "  east-1",
            "  not shown in",
            "  16 columns:",
            "  timeline",
            "  HINT: set",
            "  COLUMNS=21 to",
            "  see all",
            "  columns.");
    assertThat(table.lines(21, "  ")).allMatch(line -> line.startsWith("  ")).hasSize(3);
  }

  @Test
  void headings_that_are_blank_are_not_shown() {
    assertThat(new Table("", "").row("lag", "0 bytes").lines(Table.UNLIMITED))
        .containsExactly("lag  0 bytes");
    assertThat(new Table("", "").lines(Table.UNLIMITED)).isEmpty();
  }

  @Test
  void at_80_columns_cells_wrap_and_the_last_columns_are_dropped_and_named() {
    assertThat(shown(instances(), 80))
        .isEqualTo(
            """
            content  instance  site  host  state              timeline  LSN        floor
            -------  --------  ----  ----  -----------------  --------  ---------  ---------
            0        east-0    east  e0    primary            1         0/3000148  -
            0        west-0    west  w0    shut down in       1         0/30000A0  0/30000A0
                                           recovery
            not shown in 80 columns: archive, system
            HINT: set COLUMNS=137 to see all columns.\
            """);
  }

  @Test
  void at_80_columns_sentences_wrap_between_words_and_a_wal_file_stays_whole() {
    assertThat(shown(looks(), 80))
        .isEqualTo(
            """
            subject  id                            seen                      limit
            -------  -------------------  -------  ------------------------  ---------------
            west-0   data-directory-mode  good     owner postgres, mode 700  owner postgres,
                                                                             mode 700, 750
                                                                             or another with
                                                                             all for the
                                                                             owner, no
                                                                             writing by its
                                                                             group
            east-1   archiver             warning  the archiver failed at    a WAL file
                                                   000000010000000000000002  every 5 min
            east-0   wal-archive          WRONG    /srv/archives/of-the-who  readable by
                                                   le-company/harbour/0      postgres
                                                   can't be read\
            """);
  }

  @Test
  void at_200_columns_and_without_a_terminal_every_row_is_one_line() {
    assertThat(instances().lines(Table.UNLIMITED)).hasSize(4);
    assertThat(looks().lines(Table.UNLIMITED)).hasSize(5);
    assertThat(instances().lines(200)).isEqualTo(instances().lines(Table.UNLIMITED));
    assertThat(looks().lines(200)).isEqualTo(looks().lines(Table.UNLIMITED));
  }

  @Test
  void a_cell_of_two_lines_is_one_with_a_blank() {
    assertThat(new Table("seen").row("no\r\nroute\nto host").lines(Table.UNLIMITED))
        .containsExactly("seen", "----------------", "no route to host");
  }

  @Test
  void a_long_word_is_broken_between_characters() {
    String ship = "\uD83D\uDEA2";

    assertThat(new Table("name").row("a" + ship.repeat(20)).lines(24))
        .containsExactly("name", "-".repeat(24), "a" + ship.repeat(11), ship.repeat(9));
  }

  @Test
  void no_line_is_longer_than_the_width() {
    for (int width : List.of(30, 40, 60, 80, 100, 120, 136)) {
      assertThat(instances().lines(width)).allMatch(line -> line.length() <= width);
      assertThat(looks().lines(width)).allMatch(line -> line.length() <= width);
    }
  }
}
