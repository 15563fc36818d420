package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.topology.SiteName;
import dev.mooring.worker.WorkerArguments.UsageException;
import dev.mooring.worker.WorkerConfig.HttpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerArgumentsTest {

  @Test
  void has_a_safe_default_for_everything() throws UsageException {
    WorkerConfig config = WorkerArguments.read(List.of(), Map.of());
    assertThat(config.sites()).isEmpty();
    assertThat(config.configDirectory()).isEqualTo(Path.of("/etc/mooring"));
    assertThat(config.http()).contains(new HttpAddress("127.0.0.1", 9466));
    assertThat(config.temporal().address()).isEmpty();
  }

  @Test
  void takes_sites_once_each_and_values_in_both_forms() throws UsageException {
    WorkerConfig config =
        WorkerArguments.read(
            List.of(
                "--site",
                "east",
                "--site=west",
                "--site",
                "east",
                "--config-dir=/srv/mooring",
                "--address",
                "temporal:7233",
                "--namespace",
                "dr",
                "--http-port",
                "[::1]:9100"),
            Map.of());
    assertThat(config.sites()).containsExactly(new SiteName("east"), new SiteName("west"));
    assertThat(config.configDirectory()).isEqualTo(Path.of("/srv/mooring"));
    assertThat(config.temporal().address()).contains("temporal:7233");
    assertThat(config.temporal().namespace()).contains("dr");
    assertThat(config.http()).contains(new HttpAddress("::1", 9100));
  }

  @Test
  void reads_the_environment_and_prefers_options() throws UsageException {
    Map<String, String> environment =
        Map.of("MOORING_SITES", "east, west", "MOORING_CONFIG_DIR", "/a", "MOORING_HTTP", "0");
    WorkerConfig config = WorkerArguments.read(List.of(), environment);
    assertThat(config.sites()).hasSize(2);
    assertThat(config.configDirectory()).isEqualTo(Path.of("/a"));
    assertThat(config.http()).isEmpty();
    WorkerConfig overridden =
        WorkerArguments.read(
            List.of("--site", "north", "--config-dir", "/b", "--http-port", "9100"), environment);
    assertThat(overridden.sites()).containsExactly(new SiteName("north"));
    assertThat(overridden.configDirectory()).isEqualTo(Path.of("/b"));
    assertThat(overridden.http()).contains(new HttpAddress("127.0.0.1", 9100));
  }

  @Test
  void takes_what_its_metrics_and_log_are_to_be() throws UsageException {
    assertThat(WorkerArguments.read(List.of(), Map.of()).figures())
        .isEqualTo(new WorkerConfig.Figures(Duration.ofMinutes(1), Optional.empty()));
    WorkerConfig config =
        WorkerArguments.read(
            List.of("--log-format=json", "--evidence-every", "10"),
            Map.of("MOORING_METRICS_NAME", "whpg_dr_sync", "MOORING_LOG_FORMAT", "text"));
    assertThat(config.log()).isEqualTo(WorkerConfig.LogFormat.JSON);
    assertThat(config.figures())
        .isEqualTo(new WorkerConfig.Figures(Duration.ofSeconds(10), Optional.of("whpg_dr_sync")));
    assertThatThrownBy(
            () ->
                WorkerArguments.read(
                    List.of("--log-format=xml", "--evidence-every=soon", "--metrics-name=a-b"),
                    Map.of()))
        .hasMessageContaining("--log-format (MOORING_LOG_FORMAT) must be text or json, got 'xml'")
        .hasMessageContaining("must be 0 to 99999 seconds, got 'soon'")
        .hasMessageContaining("not begin with a digit, got 'a-b'");
  }

  @Test
  void tells_every_problem_at_once() {
    assertThatThrownBy(
            () ->
                WorkerArguments.read(
                    List.of(
                        "--sites", "x", "--site", "Not A Site", "--http-port", "x", "--config-dir"),
                    Map.of()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("unknown option --sites")
        .hasMessageContaining("--config-dir wants a value")
        .hasMessageContaining("'Not A Site'")
        .hasMessageContaining("--http-port must be PORT or ADDRESS:PORT, got 'x'");
  }

  @Test
  void says_in_one_line_what_it_will_do() throws UsageException {
    assertThat(WorkerArguments.read(List.of("--site", "east"), Map.of()))
        .hasToString(
            "sites east; cluster files in /etc/mooring;"
                + " metrics and health on http://127.0.0.1:9466");
  }

  @Test
  void says_so_when_it_will_serve_no_site() throws UsageException {
    assertThat(WorkerArguments.read(List.of(), Map.of()).toString())
        .startsWith("sites none: runbooks and locks only, `--site NAME` serves a site; ");
  }

  @Test
  void names_the_web_uis_whose_pages_the_codec_answers() throws UsageException {
    Map<String, String> environment =
        Map.of("MOORING_CODEC_ORIGINS", "https://ui.example.org,http://[::1]:8233");
    assertThat(WorkerArguments.read(List.of(), environment).temporal().codecOrigins())
        .containsExactlyInAnyOrder("https://ui.example.org", "http://[::1]:8233");
    assertThat(WorkerArguments.read(List.of(), Map.of()).temporal().codecOrigins()).isEmpty();
    for (String wrong : List.of("*", "https://ui.example.org/", "https://UI.example.org")) {
      assertThatThrownBy(() -> WorkerArguments.read(List.of("--codec-origins", wrong), Map.of()))
          .hasMessageContaining("got '" + wrong + "'");
    }
  }
}
