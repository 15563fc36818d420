package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

  @Property
  @Domain(AnyWal.class)
  void text_form_and_back_is_the_same_position(@ForAll Lsn lsn) {
    assertThat(Lsn.parse(lsn.toString())).isEqualTo(lsn);
  }

  @Property
  @Domain(AnyWal.class)
  void order_is_that_of_unsigned_numbers(@ForAll Lsn one, @ForAll Lsn other) {
    int expected = unsigned(one).compareTo(unsigned(other));
    assertThat(Integer.signum(one.compareTo(other))).isEqualTo(expected);
    assertThat(one.isBefore(other)).isEqualTo(expected < 0);
    assertThat(one.isAfter(other)).isEqualTo(expected > 0);
  }

  @Property
  @Domain(AnyWal.class)
  void bytes_since_an_earlier_position_lead_back_to_this_one(@ForAll Lsn one, @ForAll Lsn other) {
    Lsn earlier = one.isBefore(other) ? one : other;
    Lsn later = one.isBefore(other) ? other : one;
    assertThat(earlier.plus(later.bytesSince(earlier))).isEqualTo(later);
  }

  private static BigInteger unsigned(Lsn lsn) {
    return new BigInteger(Long.toUnsignedString(lsn.value()));
  }

  @Test
  void prints_as_postgresql_does() {
    assertThat(new Lsn(0x9_E400_00C8L)).hasToString("9/E40000C8");
    assertThat(new Lsn(0x1_0000_0000L)).hasToString("1/0");
    assertThat(Lsn.parse("ffffffff/ffffffff")).hasToString("FFFFFFFF/FFFFFFFF");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "/", "1/", "/1", "1/123456789", "x/1", "1/1 ", "-1/0", "1/2/3"})
  void text_that_is_no_position_is_named_in_the_error(String text) {
    assertThatThrownBy(() -> Lsn.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("LSN must be two hexadecimal numbers")
        .hasMessageEndingWith("got '" + text + "'");
  }

  @Test
  void zero_is_no_position() {
    assertThatThrownBy(() -> Lsn.parse("0/0")).hasMessage("LSN 0/0 is no position");
  }

  @Test
  void bytes_since_a_later_position_are_refused() {
    assertThatThrownBy(() -> Lsn.parse("0/1").bytesSince(Lsn.parse("0/2")))
        .hasMessage("0/1 lies before 0/2");
  }

  @Test
  void whole_files_between_two_positions_are_counted_forward_only() {
    WalSegmentSize size = new WalSegmentSize(1L << 24);
    Lsn from = Lsn.parse("0/1000028");

    assertThat(size.filesBetween(from, Lsn.parse("0/3000027"))).isEqualTo(1);
    assertThat(size.filesBetween(from, Lsn.parse("0/3000028"))).isEqualTo(2);
    assertThat(size.filesBetween(Lsn.parse("0/3000028"), from)).isZero();
  }
}
