package dev.mooring.dev.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Temporal servers beside each other on one machine. */
@Tag("all")
class LocalTemporalIT {
  /** Its workers ask there all the time, and would take another server's runs. */
  @Test
  void the_address_of_one_that_was_killed_is_kept_for_it() {
    String name = "it-kept-" + ProcessHandle.current().pid();
    try (LocalTemporal killed = LocalTemporal.up(name)) {
      killed.kill();
      try (LocalTemporal other = LocalTemporal.up(name + "-other")) {
        assertThat(other.address()).isNotEqualTo(killed.address());
      }
      try (LocalTemporal again = LocalTemporal.up(name)) {
        assertThat(again.address()).isEqualTo(killed.address());
      }
    }
  }
}
