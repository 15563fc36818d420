package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.ServerChoice;
import dev.mooring.starter.temporal.TemporalServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root command: the options of every command, and what every command needs. */
@Command(
    name = "mooring",
    mixinStandardHelpOptions = true,
    versionProvider = MooringCommand.Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    header = "Runs disaster-recovery runbooks for PostgreSQL and shows their state.",
    description = {
      "",
      "A cluster is moored at a site if every instance there is proved to be at the same restore"
          + " point. Runs live in Temporal and continue without this terminal.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 rolled back, 5 needs a person,",
      "6 status warning, 7 status critical."
    })
final class MooringCommand implements Runnable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Path DEFAULT_CONFIG_DIRECTORY = Path.of("/etc/mooring");

  private final Caller caller;

  @Option(
      names = "--config-dir",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "The directory of CLUSTER.yaml files (MOORING_CONFIG_DIR, else /etc/mooring).")
  private Optional<Path> configDirectory = Optional.empty();

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      scope = ScopeType.INHERIT,
      description = "The Temporal server (else TEMPORAL_ADDRESS or the profile of `temporal`).")
  private Optional<String> address = Optional.empty();

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description = "The Temporal namespace (else TEMPORAL_NAMESPACE or the profile).")
  private Optional<String> namespace = Optional.empty();

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an unexpected failure.")
  private boolean debug;

  MooringCommand(Caller caller) {
    this.caller = caller;
  }

  @Override
  public void run() {
    throw CommandFailure.usage(
        "a command is missing",
        "`mooring --help` lists them, `mooring status` is a good first one");
  }

  Console console() {
    return caller.console();
  }

  /** The environment, in which secret references are looked up. */
  Map<String, String> environment() {
    return caller.environment();
  }

  String user() {
    return caller.user();
  }

  boolean debug() {
    return debug;
  }

  /** Every command there is, also if only one was typed. */
  CommandLine allCommands() {
    return CommandTree.of(caller);
  }

  /** The cluster files on this machine. */
  ClusterFiles clusterFiles() {
    return new ClusterFiles(
        configDirectory
            .or(
                () ->
                    Optional.ofNullable(caller.environment().get("MOORING_CONFIG_DIR"))
                        .map(Path::of))
            .orElse(DEFAULT_CONFIG_DIRECTORY));
  }

  /** The Temporal service that the options choose. */
  ServerChoice temporal() {
    return new ServerChoice(address, namespace, caller.environment(), CONNECT);
  }

  /** Begins to connect to Temporal. */
  Connecting connecting() {
    return TemporalServer.connecting(temporal());
  }

  /** Connects to Temporal. */
  TemporalServer connect() {
    return TemporalServer.connect(temporal());
  }

  /** Prints the version for {@code --version} beside other words. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"mooring " + Main.version()};
    }
  }
}
