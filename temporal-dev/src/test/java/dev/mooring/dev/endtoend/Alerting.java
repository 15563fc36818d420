package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.worker.WorkerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's Prometheus with the rules of docs/operations/alerts.md, and its Alertmanager, which
 * calls a hook by the rule of docs/operations/hooks.md. Their intervals are shorter than usual.
 */
final class Alerting implements AutoCloseable {
  private static final Path PAGES = Path.of("..", "docs", "operations");
  private static final Pattern RULES = Pattern.compile("(?s)```yaml\n(groups:.*?)```");
  private static final Pattern HOOK_RULE =
      Pattern.compile("(?s)rules:\n( +- match: \\{/labels/alertname: Moor.*?runbook: failover\n)");

  private final Path directory;
  private final int hooks = WorkerProgram.freePort();
  private final List<Process> running = new ArrayList<>();

  /** Keeps all its files in that directory. */
  Alerting(Path directory) throws IOException {
    this.directory = directory;
    Files.writeString(directory.resolve("token"), "a token of the night");
    Files.setPosixFilePermissions(
        directory.resolve("token"), PosixFilePermissions.fromString("rw-------"));
  }

  /** What a worker is given as {@code --hooks}. */
  Path hooksFile() throws IOException {
    return Files.writeString(
        directory.resolve("hooks.yaml"),
        """
        listen: 127.0.0.1:%d
        hooks:
          - name: alertmanager
            format: alertmanager
            bearer: file:%s
            rules:
        %s\
        """
            .formatted(hooks, directory.resolve("token"), found(HOOK_RULE, "hooks.md")));
  }

  /** Starts both; the worker's metrics are scraped at that address. */
  void start(String metrics) throws IOException {
    int alertmanager = WorkerProgram.freePort();
    Files.writeString(directory.resolve("rules.yaml"), found(RULES, "alerts.md"));
    Files.writeString(
        directory.resolve("prometheus.yaml"),
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [rules.yaml]
        scrape_configs:
          - {job_name: mooring, static_configs: [{targets: ["%s"]}]}
        alerting:
          alertmanagers: [{static_configs: [{targets: ["127.0.0.1:%d"]}]}]
        """
            .formatted(metrics, alertmanager));
    Files.writeString(
        directory.resolve("alertmanager.yaml"),
        """
        route: {receiver: mooring, group_by: [alertname, cluster], group_wait: 0s, group_interval: 1s}
        receivers:
          - name: mooring
            webhook_configs:
              - url: http://127.0.0.1:%d/hooks/alertmanager
                http_config: {authorization: {credentials_file: %s}}
        """
            .formatted(hooks, directory.resolve("token")));
    run(
        DebianProgram.named("prometheus-alertmanager", "prometheus-alertmanager"),
        "--config.file=alertmanager.yaml",
        "--storage.path=" + directory.resolve("alertmanager"),
        "--cluster.listen-address=",
        "--web.listen-address=127.0.0.1:" + alertmanager);
    run(
        DebianProgram.named("prometheus", "prometheus"),
        "--config.file=prometheus.yaml",
        "--storage.tsdb.path=" + directory.resolve("prometheus"),
        "--web.listen-address=127.0.0.1:" + WorkerProgram.freePort());
  }

  private void run(Path program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    running.add(
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(program.getFileName() + ".log").toFile())
            .start());
  }

  private static String found(Pattern pattern, String page) throws IOException {
    Matcher found = pattern.matcher(Files.readString(PAGES.resolve(page)));
    assertThat(found.find()).as(page).isTrue();
    return found.group(1);
  }

  @Override
  public void close() {
    running.forEach(Process::destroyForcibly);
  }
}
