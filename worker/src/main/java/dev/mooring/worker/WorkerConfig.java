package dev.mooring.worker;

import dev.mooring.topology.SiteName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings a worker is started with. The parameters of runbooks are a run's input instead.
 *
 * @param sites the sites whose hosts, databases and stores this worker reaches; it serves the queue
 *     of each, beside the shared queue that every worker serves
 * @param configDirectory where the cluster files are
 * @param http where metrics and health are served, or nothing
 * @param temporal the Temporal service
 * @param figures the metrics it serves beside those of its runs
 * @param log the form of its log
 * @param hooks the file of the hooks that it takes calls for, or nothing
 */
public record WorkerConfig(
    List<SiteName> sites,
    Path configDirectory,
    Optional<HttpAddress> http,
    Temporal temporal,
    Figures figures,
    LogFormat log,
    Optional<Path> hooks) {

  /** The default directory of cluster files. */
  public static final Path DEFAULT_CONFIG_DIRECTORY = Path.of("/etc/mooring");

  /** The default address of metrics and health: this machine only. */
  public static final HttpAddress DEFAULT_HTTP = new HttpAddress("127.0.0.1", 9466);

  public WorkerConfig {
    sites = List.copyOf(sites);
  }

  /** A configuration with the usual metrics and log. */
  public WorkerConfig(
      List<SiteName> sites, Path configDirectory, Optional<HttpAddress> http, Temporal temporal) {
    this(sites, configDirectory, http, temporal, Figures.USUAL, LogFormat.TEXT, Optional.empty());
  }

  /**
   * The metrics of clusters.
   *
   * @param evidenceEvery how long after a reading of the evidence the next begins; zero: never
   * @param reference the prefix under which whpg_dr_sync's five metrics are served too, or nothing
   */
  public record Figures(Duration evidenceEvery, Optional<String> reference) {
    /** One reading a minute, and the metrics of Mooring alone. */
    public static final Figures USUAL = new Figures(Duration.ofMinutes(1), Optional.empty());
  }

  /** How a line of the log is written. */
  public enum LogFormat {
    /** For a person. */
    TEXT,
    /** One JSON object, for a collector. */
    JSON
  }

  /** An address to listen on. */
  public record HttpAddress(String host, int port) {
    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * The Temporal service as its own profile describes it, the options given here first.
   *
   * @param address given by option, or nothing
   * @param namespace given by option, or nothing
   * @param codecOrigins of the Web UIs whose pages may have payloads unpacked
   */
  public record Temporal(
      Optional<String> address, Optional<String> namespace, Set<String> codecOrigins) {
    public Temporal {
      codecOrigins = Set.copyOf(codecOrigins);
    }

    /** One whose payloads no page may have unpacked. */
    public Temporal(Optional<String> address, Optional<String> namespace) {
      this(address, namespace, Set.of());
    }
  }

  /** One line for the log, without secrets. */
  @Override
  public String toString() {
    return "sites "
        + (sites.isEmpty()
            ? "none: runbooks and locks only, `--site NAME` serves a site"
            : sites.stream().map(SiteName::value).collect(Collectors.joining(", ")))
        + "; cluster files in "
        + configDirectory
        + "; metrics and health "
        + http.map(at -> "on http://" + at).orElse("off")
        + hooks.map(file -> "; hooks of " + file).orElse("");
  }
}
