package dev.mooring.dev.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How the growth of phases is drawn; docs/performance.md has such pictures. */
class ScaleChartTest {

  private static ScaleChart publish() {
    ScaleChart chart = new ScaleChart("publish");
    chart.add(FleetSize.of(16), phases(0.30, 0.13, 0.12));
    chart.add(FleetSize.of(64), phases(0.49, 0.24, 0.21));
    chart.add(FleetSize.of(250), phases(1.72, 0.58, 0.38));
    chart.add(FleetSize.of(1000), phases(6.56, 1.96, 0.96));
    return chart;
  }

  private static Map<String, Double> phases(double checkpoint, double observe, double point) {
    return Map.of(
        "CHECKPOINT", checkpoint, "OBSERVE_SERVERS", observe, "MAKE_POINT", point, "PLAN", 0.01);
  }

  private static ScaleChart consume() {
    ScaleChart chart = new ScaleChart("consume");
    chart.add(FleetSize.of(16), Map.of("OBSERVE_INSTANCES", 0.17, "START_ALL", 0.18));
    chart.add(FleetSize.of(64), Map.of("OBSERVE_INSTANCES", 0.20, "START_ALL", 0.20));
    chart.add(FleetSize.of(250), Map.of("OBSERVE_INSTANCES", 0.25, "START_ALL", 0.25));
    chart.add(FleetSize.of(1000), Map.of("OBSERVE_INSTANCES", 0.63, "START_ALL", 0.64));
    return chart;
  }

  @Test
  void the_longest_phases_are_drawn_beside_the_line_of_hosts() {
    assertThat(publish().mermaid())
        .contains("title \"publish: CHECKPOINT, OBSERVE_SERVERS, MAKE_POINT; last line: hosts / 32")
        .contains("x-axis \"instances per site\" [16, 64, 250, 1000]")
        .contains("line [0.30, 0.49, 1.72, 6.56]")
        .contains("line [0.30, 0.30, 0.30, 0.60]")
        .doesNotContain("PLAN");
    assertThat(publish().sentences())
        .contains("publish CHECKPOINT grew 21.9 times, max(1, hosts / 32) 2.0 times");
  }

  @Test
  void a_phase_that_a_smaller_fleet_did_not_have_begins_at_nothing() {
    ScaleChart chart = new ScaleChart("consume");
    chart.add(FleetSize.of(16), Map.of("A", 1.0));
    chart.add(FleetSize.of(64), Map.of("A", 1.0, "B", 2.0));
    assertThat(chart.mermaid()).contains("line [0.00, 2.00]\n    line [1.00, 1.00]\n");
  }

  @Test
  void the_page_draws_publish_and_consume() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "performance.md"));
    assertThat(page).contains("xychart-beta\n    title \"publish: ");
    assertThat(page).contains("xychart-beta\n    title \"consume: ");
    assertThat(consume().mermaid()).contains("START_ALL, OBSERVE_INSTANCES");
  }
}
