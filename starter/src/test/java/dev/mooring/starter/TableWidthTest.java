package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.Table;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableWidthTest {

  @Test
  void is_what_columns_says_else_the_terminals_and_unlimited_without_one() {
    assertThat(Main.width(Map.of(), 80)).isEqualTo(80);
    assertThat(Main.width(Map.of(), 0)).isEqualTo(Table.UNLIMITED);
    assertThat(Main.width(Map.of("COLUMNS", "132"), 80)).isEqualTo(132);
    assertThat(Main.width(Map.of("COLUMNS", "132"), 0)).isEqualTo(132);
  }

  @Test
  void is_the_terminals_where_columns_is_no_width() {
    assertThat(Main.width(Map.of("COLUMNS", "wide"), 80)).isEqualTo(80);
    assertThat(Main.width(Map.of("COLUMNS", "0"), 80)).isEqualTo(80);
    assertThat(Main.width(Map.of("COLUMNS", ""), 80)).isEqualTo(80);
  }
}
