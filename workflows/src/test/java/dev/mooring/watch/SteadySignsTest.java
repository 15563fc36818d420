package dev.mooring.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A sign counts after so many looks one after another, and ends after so many. */
class SteadySignsTest {
  private static final InstanceId EAST = new InstanceId("east-0");
  private static final Sign WRITES = new Sign(Kind.ROLE, EAST, Sign.ACCEPTS_WRITES);
  private static final Sign STANDS_BY = new Sign(Kind.ROLE, EAST, Sign.STANDS_BY);
  private static final Sign SILENT = new Sign(Kind.ROLE, EAST, "DATABASE_UNREACHABLE");
  private static final Sign UNUSED = new Sign(Kind.SLOT_UNUSED, EAST, "west_0");

  private final SteadySigns signs = new SteadySigns(3, 2, List.of(WRITES));

  private List<Sign> looks(int times, Sign... look) {
    List<Sign> last = List.of();
    for (int i = 0; i < times; i++) {
      last = signs.after(List.of(look));
    }
    return last;
  }

  @Test
  void something_wrong_begins_after_so_many_looks() {
    assertThat(looks(2, SILENT)).containsExactly(WRITES);
    assertThat(looks(1, SILENT)).containsExactly(SILENT);
  }

  @Test
  void it_ends_after_so_many_others() {
    looks(3, SILENT);
    assertThat(looks(1, WRITES)).containsExactly(SILENT);
    assertThat(looks(1, WRITES)).containsExactly(WRITES);
  }

  @Test
  void what_comes_and_goes_never_counts() {
    for (int round = 0; round < 10; round++) {
      assertThat(looks(2, SILENT)).containsExactly(WRITES);
      assertThat(looks(1, WRITES)).containsExactly(WRITES);
    }
    assertThat(looks(2, WRITES, UNUSED)).containsExactly(WRITES);
    assertThat(looks(1, WRITES)).containsExactly(WRITES);
    assertThat(looks(2, WRITES, UNUSED)).containsExactly(WRITES);
    assertThat(looks(1, WRITES, UNUSED)).containsExactly(WRITES, UNUSED);
  }

  @Test
  void one_value_takes_the_place_of_another_at_once() {
    assertThat(looks(2, STANDS_BY)).containsExactly(WRITES);
    assertThat(looks(1, STANDS_BY)).containsExactly(STANDS_BY);
  }

  @Test
  void two_values_in_turn_leave_the_first() {
    looks(2, SILENT);
    looks(1, STANDS_BY);
    assertThat(looks(2, SILENT)).containsExactly(WRITES);
  }

  @Test
  void what_is_seen_no_more_is_not_known_after_so_many_looks() {
    assertThat(looks(2)).containsExactly(WRITES);
    assertThat(looks(1)).isEmpty();
  }

  @Test
  void nothing_counts_at_first() {
    SteadySigns first = new SteadySigns(2, 5, List.of());
    assertThat(first.after(List.of(WRITES, UNUSED))).isEmpty();
    assertThat(first.after(List.of(WRITES, UNUSED))).containsExactly(WRITES, UNUSED);
  }
}
