package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemIdentifierTest {

  @Property
  void text_form_and_back_is_the_same_identifier(@ForAll long value) {
    Assume.that(value != 0);
    SystemIdentifier identifier = new SystemIdentifier(value);
    assertThat(SystemIdentifier.parse(identifier.toString())).isEqualTo(identifier);
  }

  @Test
  void the_upper_half_of_64_bits_prints_without_a_sign() {
    assertThat(SystemIdentifier.parse("18446744073709551615").value()).isEqualTo(-1);
    assertThat(new SystemIdentifier(-1)).hasToString("18446744073709551615");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "abc", "18446744073709551616", "1.0"})
  void text_that_is_no_identifier_is_named_in_the_error(String text) {
    assertThatThrownBy(() -> SystemIdentifier.parse(text))
        .hasMessage("system identifier must be a decimal number below 2^64, got '" + text + "'");
  }

  @Test
  void zero_is_refused() {
    assertThatThrownBy(() -> SystemIdentifier.parse("0"))
        .hasMessage("system identifier 0 names no database system");
  }
}
