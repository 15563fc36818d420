package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.WatchPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The times of a watch, unless the cluster file has others. */
class WatchTimesTest {
  @Test
  void a_watch_looks_every_ten_seconds_and_connects_to_a_host_within_five() {
    assertThat(new WatchPolicy().every()).isEqualTo(Duration.ofSeconds(10));
    assertThat(Adapters.SSH_CONNECT).isEqualTo(Duration.ofSeconds(5));
    assertThat(Adapters.A_LOOK).as("PatienceTest has its login").isEqualTo(Duration.ofSeconds(5));
  }
}
