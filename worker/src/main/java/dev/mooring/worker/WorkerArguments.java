package dev.mooring.worker;

import dev.mooring.metrics.ReferenceSamples;
import dev.mooring.topology.SiteName;
import dev.mooring.worker.WorkerConfig.HttpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the worker's command line and environment, and reports every problem at once. */
final class WorkerArguments {
  static final String USAGE =
      """
      usage: mooring-worker [--site NAME]... [--config-dir DIR] [--http-port [ADDRESS:]PORT]
                            [--address HOST:PORT] [--namespace NAME] [--log-format text|json]
                            [--evidence-every SECONDS] [--metrics-name PREFIX] [--hooks FILE]
                            [--codec-origins ORIGIN,...]

        --site NAME        serve the hosts, databases and stores of this site (repeatable;
                           MOORING_SITES, separated by commas). Every worker serves runbooks and locks.
        --config-dir DIR   where CLUSTER.yaml files are (MOORING_CONFIG_DIR; /etc/mooring)
        --http-port PORT   /metrics, /health, /codec (MOORING_HTTP; 127.0.0.1:9466; 0 turns it off)
        --address, --namespace
                           the Temporal service; unless given, the profile that `temporal` itself
                           uses: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS_*, TEMPORAL_API_KEY,
                           TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE
        --log-format       text for a person (default), json for a collector: one object per line
                           (MOORING_LOG_FORMAT)
        --evidence-every SECONDS
                           how often the evidence stores are read for the metrics
                           (MOORING_EVIDENCE_EVERY; 60; 0: never, runs alone bring figures)
        --metrics-name PREFIX
                           also serve the five metrics of whpg_dr_sync, under this prefix
                           (MOORING_METRICS_NAME)
        --hooks FILE       take calls that start runs, as this file says (MOORING_HOOKS; unless given,
                           none are taken)
        --codec-origins ORIGIN,...
                           the Web UIs whose pages /codec answers, as https://ui.example.org
                           (MOORING_CODEC_ORIGINS; unless given, none)
        --version, --help

        MOORING_STATE_DIR names where it keeps the cluster files that runs began with (what systemd
        names in STATE_DIRECTORY; else ~/.local/state/mooring)
      """;

  /** As a browser names it. */
  private static final Pattern ORIGIN = Pattern.compile("https?://[a-z0-9.\\[\\]:-]+");

  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();
  private final List<String> sites = new ArrayList<>();
  private Optional<String> configDirectory = Optional.empty();
  private Optional<String> http = Optional.empty();
  private Optional<String> address = Optional.empty();
  private Optional<String> namespace = Optional.empty();
  private Optional<String> logFormat = Optional.empty();
  private Optional<String> evidenceEvery = Optional.empty();
  private Optional<String> metricsName = Optional.empty();
  private Optional<String> hooks = Optional.empty();
  private Optional<String> codecOrigins = Optional.empty();

  private WorkerArguments(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The command line makes no sense; the message has one problem per line. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(List<String> problems) {
      super(String.join("\n", problems));
    }
  }

  static WorkerConfig read(List<String> arguments, Map<String, String> environment)
      throws UsageException {
    WorkerArguments read = new WorkerArguments(environment);
    read.options(arguments);
    WorkerConfig config = read.config();
    if (!read.problems.isEmpty()) {
      throw new UsageException(read.problems);
    }
    return config;
  }

  private void options(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String option = arguments.get(i);
      int equals = option.indexOf('=');
      if (option.startsWith("--") && equals > 0) {
        option(option.substring(0, equals), option.substring(equals + 1));
      } else if (i + 1 < arguments.size()) {
        option(option, arguments.get(++i));
      } else {
        option(option, "");
      }
    }
  }

  private void option(String option, String value) {
    boolean known = true;
    switch (option) {
      case "--site" -> sites.add(value);
      case "--config-dir" -> configDirectory = Optional.of(value);
      case "--http-port" -> http = Optional.of(value);
      case "--address" -> address = Optional.of(value);
      case "--namespace" -> namespace = Optional.of(value);
      case "--log-format" -> logFormat = Optional.of(value);
      case "--evidence-every" -> evidenceEvery = Optional.of(value);
      case "--metrics-name" -> metricsName = Optional.of(value);
      case "--hooks" -> hooks = Optional.of(value);
      case "--codec-origins" -> codecOrigins = Optional.of(value);
      default -> {
        known = false;
        problems.add("unknown option " + option);
      }
    }
    if (known && value.isBlank()) {
      problems.add(option + " wants a value");
    }
  }

  private WorkerConfig config() {
    return new WorkerConfig(
        siteNames(),
        Path.of(
            configDirectory
                .or(() -> set("MOORING_CONFIG_DIR"))
                .orElse(WorkerConfig.DEFAULT_CONFIG_DIRECTORY.toString())),
        http.or(() -> set("MOORING_HTTP"))
            .map(this::httpAddress)
            .orElse(Optional.of(WorkerConfig.DEFAULT_HTTP)),
        new WorkerConfig.Temporal(address, namespace, codecOrigins()),
        new WorkerConfig.Figures(evidenceEvery(), metricsName()),
        logFormat(),
        hooks.or(() -> set("MOORING_HOOKS")).map(Path::of));
  }

  private Set<String> codecOrigins() {
    Set<String> origins = new LinkedHashSet<>();
    for (String origin :
        codecOrigins.or(() -> set("MOORING_CODEC_ORIGINS")).orElse("").split(",", -1)) {
      if (ORIGIN.matcher(origin).matches()) {
        origins.add(origin);
      } else if (!origin.isEmpty()) {
        problems.add(
            "--codec-origins (MOORING_CODEC_ORIGINS) must be as https://ui.example.org or"
                + " http://127.0.0.1:8233, in lower case and without a path, got '"
                + origin
                + "'");
      }
    }
    return origins;
  }

  private WorkerConfig.LogFormat logFormat() {
    String format = logFormat.or(() -> set("MOORING_LOG_FORMAT")).orElse("text");
    if (!format.equals("text") && !format.equals("json")) {
      problems.add("--log-format (MOORING_LOG_FORMAT) must be text or json, got '" + format + "'");
    }
    return format.equals("json") ? WorkerConfig.LogFormat.JSON : WorkerConfig.LogFormat.TEXT;
  }

  private Duration evidenceEvery() {
    Optional<String> given = evidenceEvery.or(() -> set("MOORING_EVIDENCE_EVERY"));
    if (given.isPresent() && !given.get().matches("[0-9]{1,5}")) {
      problems.add(
          "--evidence-every (MOORING_EVIDENCE_EVERY) must be 0 to 99999 seconds, got '"
              + given.get()
              + "'");
      return Duration.ZERO;
    }
    return given
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .orElse(WorkerConfig.Figures.USUAL.evidenceEvery());
  }

  private Optional<String> metricsName() {
    Optional<String> name = metricsName.or(() -> set("MOORING_METRICS_NAME"));
    if (name.isPresent() && !ReferenceSamples.isPrefix(name.get())) {
      problems.add(
          "--metrics-name (MOORING_METRICS_NAME) must be letters, digits and _, and not begin with"
              + " a digit, got '"
              + name.get()
              + "'");
    }
    return name;
  }

  private List<SiteName> siteNames() {
    List<String> given =
        sites.isEmpty()
            ? set("MOORING_SITES").map(s -> List.of(s.split(","))).orElse(List.of())
            : sites;
    Set<SiteName> names = new LinkedHashSet<>();
    for (String site : given) {
      try {
        names.add(new SiteName(site.strip()));
      } catch (IllegalArgumentException unusable) {
        problems.add(String.valueOf(unusable.getMessage()));
      }
    }
    return List.copyOf(names);
  }

  private Optional<HttpAddress> httpAddress(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? WorkerConfig.DEFAULT_HTTP.host() : text.substring(0, colon);
    String port = text.substring(colon + 1);
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535 || host.isEmpty()) {
      problems.add("--http-port must be PORT or ADDRESS:PORT, got '" + text + "'");
      return Optional.empty();
    }
    int number = Integer.parseInt(port);
    return number == 0
        ? Optional.empty()
        : Optional.of(new HttpAddress(host.replaceAll("[\\[\\]]", ""), number));
  }

  private Optional<String> set(String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
  }
}
