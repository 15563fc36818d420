package dev.mooring.dev.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.topology.SiteName;
import dev.mooring.worker.MooringWorker;
import dev.mooring.worker.WorkerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bench scale} measures, without its clock. */
@Tag("all")
class ScaleIT {
  private static final int HOSTS = 40;
  private static final int RUNS = 8;
  private static final int AT_ONCE = 32;
  private static final int CHANNELS = 8;

  @TempDir Path directory;

  @Test
  void publishes_and_consumes_a_fleet_that_only_answers() throws Exception {
    try (LocalTemporal temporal = LocalTemporal.up("scale-" + ProcessHandle.current().pid());
        FakeFleet fleet = new FakeFleet(FleetSize.of(16), directory);
        ScaleRun run = new ScaleRun(fleet, temporal.address());
        MooringWorker worker = worker(temporal, fleet, run)) {
      ScaleRun.Cost first = run.publish();
      assertThat(run.consume().point()).isEqualTo(first.point());
      ScaleRun.Cost publish = run.publish();
      ScaleRun.Cost consume = run.consume();

      assertThat(publish.point()).isNotEqualTo(first.point());
      assertThat(consume.point()).isEqualTo(publish.point());
      assertThat(consume.steps()).containsKeys("PROVE_CHAIN", "PROVE_ALL", "ADVANCE");
      assertThat(consume.path()).isPositive().isLessThan(consume.took());
      assertThat(
              Files.readString(
                  directory.resolve("evidence/" + FakeFleet.CLUSTER + "/sites/west/state.json")))
          .contains(publish.point());
      assertThat(worker.isServing()).isTrue();
    }
  }

  @Test
  void many_runs_at_once_wait_for_their_turn_at_hosts_and_servers() throws Exception {
    FleetSize size = new FleetSize(HOSTS, HOSTS);
    try (LocalTemporal temporal = LocalTemporal.up("turns-" + ProcessHandle.current().pid());
        FakeFleet fleet = new FakeFleet(size, directory);
        ScaleRun run = new ScaleRun(fleet, temporal.address());
        MooringWorker worker = worker(temporal, fleet, run)) {
      run.publish();
      fleet.toll().reset();
      fleet.toll().gather("scripts", AT_ONCE);

      assertThat(run.plansAtOnce(RUNS)).hasSize(RUNS).containsOnly("planned");

      assertThat(fleet.toll().most("scripts")).isEqualTo(AT_ONCE);
      for (int host = 0; host < HOSTS; host++) {
        String address = FleetSize.address(FleetSize.Side.WEST, host);
        assertThat(fleet.toll().most("scripts on " + address)).isBetween(1, CHANNELS);
      }
      assertThat(worker.isServing()).isTrue();
    }
  }

  private static MooringWorker worker(LocalTemporal temporal, FakeFleet fleet, ScaleRun run) {
    WorkerConfig config =
        new WorkerConfig(
            List.of(new SiteName("east"), new SiteName("west")),
            fleet.config(),
            Optional.empty(),
            new WorkerConfig.Temporal(Optional.of(temporal.address()), Optional.empty()));
    return new MooringWorker(
        run.client(),
        config,
        Map.of("SCALE_PASSWORD", "none"),
        Path.of(System.getProperty("user.home")),
        List.of());
  }
}
