package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineIdTest {

  @Property
  @Domain(AnyWal.class)
  void both_text_forms_and_back_are_the_same_timeline(@ForAll TimelineId timeline) {
    assertThat(TimelineId.ofDecimal(timeline.toString())).isEqualTo(timeline);
    assertThat(TimelineId.ofHex(timeline.hex())).isEqualTo(timeline);
  }

  @Property
  @Domain(AnyWal.class)
  void file_names_sort_as_timelines_do(@ForAll TimelineId one, @ForAll TimelineId other) {
    assertThat(Integer.signum(one.hex().compareTo(other.hex())))
        .isEqualTo(Integer.signum(one.compareTo(other)));
  }

  @Test
  void decimal_ten_is_a_in_file_names() {
    assertThat(TimelineId.ofDecimal("10").hex()).isEqualTo("0000000A");
    assertThat(TimelineId.ofHex("0000000A")).hasToString("10");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 0x1_0000_0000L})
  void numbers_outside_32_unsigned_bits_are_refused(long value) {
    assertThatThrownBy(() -> new TimelineId(value))
        .hasMessage("timeline must be 1 to 4294967295, got " + value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "one", "+1", "-1", "1 ", "0x1", "12345678901"})
  void text_that_is_no_decimal_number_is_named_in_the_error(String text) {
    assertThatThrownBy(() -> TimelineId.ofDecimal(text))
        .hasMessage("timeline must be a decimal number, got '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "000000001", "0000000G"})
  void text_that_is_not_8_digits_is_named_in_the_error(String text) {
    assertThatThrownBy(() -> TimelineId.ofHex(text))
        .hasMessage("timeline in a file name must be 8 hexadecimal digits, got '" + text + "'");
  }
}
