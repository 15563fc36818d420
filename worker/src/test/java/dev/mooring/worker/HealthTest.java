package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {

  @Test
  void is_ready_when_it_serves_and_temporal_answers() {
    assertThat(new Health(true, "SERVING", List.of("mooring", "mooring-east")))
        .satisfies(health -> assertThat(health.ready()).isTrue())
        .satisfies(
            health ->
                assertThat(health.json())
                    .isEqualTo(
                        "{\"ready\":true,\"serving\":true,\"temporal\":\"SERVING\","
                            + "\"queues\":[\"mooring\",\"mooring-east\"]}\n"));
  }

  @Test
  void is_not_ready_when_either_is_missing() {
    assertThat(new Health(false, "SERVING", List.of()).ready()).isFalse();
    assertThat(new Health(true, "UNAVAILABLE", List.of()).ready()).isFalse();
  }
}
