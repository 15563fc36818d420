package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
  private static final String DIGEST =
      "4f2a77e0c0ffee11d00d4f2a77e0c0ffee11d00d4f2a77e0c0ffee11d00d4f2a";

  @ParameterizedTest
  @CsvSource({
    DIGEST + ", true",
    "4f2a77e0, true",
    "4f2a77e0c0ff, true",
    "4f2a77e, false",
    "'', false",
    "4f2a77e1, false",
    DIGEST + "00, false",
  })
  void a_digest_is_meant_by_its_first_eight_characters_or_more(String typed, boolean meant) {
    assertThat(Plan.isMeant(typed, DIGEST)).isEqualTo(meant);
  }
}
