package dev.mooring.starter;

import dev.mooring.runbook.Commands;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.replication.SetupFiles;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.status.ReplicationLines;
import dev.mooring.starter.temporal.LookRuns;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.ClusterName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring replicate}. */
@Command(
    name = "replicate",
    header = "Set up, verify and remove standbys.",
    synopsisSubcommandLabel = "setup|verify|remove|synchronous|files",
    description = "Streaming replication of a cluster: its standbys and their slots.",
    subcommands = {
      ReplicateCommand.SetUp.class,
      ReplicateCommand.Verify.class,
      ReplicateCommand.Remove.class,
      ReplicateCommand.Synchronous.class,
      ReplicateCommand.Files.class
    })
final class ReplicateCommand implements Runnable {

  @Override
  public void run() {
    throw CommandFailure.usage(
        "replicate needs a subcommand",
        "`mooring replicate verify CLUSTER` shows which standbys stream");
  }

  /** The part common to the subcommands that act. */
  private abstract static class Acting extends ReplicationRunCommand {
    @Option(
        names = "--instances",
        paramLabel = "ID,ID",
        description = "The standbys, with commas between (default: all).")
    private String instances = "";

    Acting(MooringCommand mooring, String act) {
      super(mooring, act);
    }

    @Override
    String instances() {
      return instances;
    }
  }

  /**
   * Writes the files of a cluster to a directory, and shows the path of each once it is written.
   */
  private static void write(
      MooringCommand mooring, ClusterName name, Path directory, Consumer<String> show) {
    Map<String, String> texts = SetupFiles.of(mooring.clusterFiles().read(name));
    if (texts.isEmpty()) {
      throw CommandFailure.refused(
          "no standby of " + name + " streams", "its cluster file has no `replication`");
    }
    texts.forEach(
        (file, text) -> {
          Path path = directory.resolve(file);
          WholeFile.write(path, text);
          show.accept(path.toString());
        });
  }

  /** {@code mooring replicate setup}. */
  @Command(
      name = "setup",
      header = "Make each standby of the cluster file stream from its primary.",
      description =
          "Makes what is missing: settings of the primary and its archive directory, the role,"
              + " access lines, and for each standby a slot, its settings, and a base backup if it"
              + " has no data. Starts it and waits until it streams. Once --digest approves the"
              + " plan that shows it, other data in its place is kept aside, and with --override"
              + " restart the primary is restarted for settings that need it. A second run changes"
              + " nothing.")
  static final class SetUp extends Acting {
    @Option(
        names = "--files",
        paramLabel = "DIR",
        description =
            "First write what `replicate files` writes to this existing directory, the alert rules"
                + " and the-primary-died.md among them.")
    private Optional<Path> files = Optional.empty();

    SetUp(MooringCommand mooring) {
      super(mooring, "setup");
    }

    @Override
    public Integer call() {
      Consumer<String> show = options.isJson() ? console()::complain : console()::say;
      files.ifPresent(directory -> write(mooring, name(), directory, show));
      int status = super.call();
      boolean shows = options.waits() && !options.onlyPlans() && !options.isJson();
      if (files.isEmpty() && shows && status == ExitCode.DONE.status()) {
        console()
            .say(
                Commands.files(name())
                    + " writes the alert rules of "
                    + name()
                    + " and the-primary-died.md");
      }
      return status;
    }

    private Console console() {
      return mooring.console();
    }
  }

  /** {@code mooring replicate remove}. */
  @Command(
      name = "remove",
      header = "Remove slots and settings of standbys that are gone.",
      description =
          "Commits no longer wait for them. Drops their slots and removes their access lines on"
              + " every member that stays; if no standby is left, drops the role if Mooring made"
              + " it. Refused if one still streams. Waits for an approval.")
  static final class Remove extends Acting {
    Remove(MooringCommand mooring) {
      super(mooring, "remove");
    }
  }

  /** {@code mooring replicate synchronous}. */
  @Command(
      name = "synchronous",
      header = "Set synchronous_standby_names of the primary, and nothing else.",
      description =
          "Commits wait again for the standbys of replication.synchronous that stream. Refused if"
              + " too few stream. With --relax, if none streams, commits wait for no standby: that"
              + " waits for an approval, and is recorded on the hosts first, so that a later"
              + " failover does not claim that no commit is lost.")
  static final class Synchronous extends ReplicationRunCommand {
    @Option(
        names = "--relax",
        description =
            "Permits that commits wait for no standby, if none of the cluster file streams.")
    private boolean relax;

    Synchronous(MooringCommand mooring) {
      super(mooring, "synchronous");
    }

    @Override
    String instances() {
      return "";
    }

    @Override
    RunOrder order(ClusterName name, RunOrder.Asked asked) {
      return super.order(name, asked).with("relax", relax ? "true" : "");
    }
  }

  /** {@code mooring replicate files}. */
  @Command(
      name = "files",
      header = "Write the files for a setup by hand.",
      description =
          "From the cluster file alone: primary_setup.sql for a superuser, the lines of"
              + " pg_hba.conf, monitoring.yml for postgres_exporter, alerts.yml for Prometheus, and"
              + " the-primary-died.md with what to type then. For each standby its settings and a"
              + " script that moves old data aside, copies, configures and starts it. No file has a"
              + " password.")
  static final class Files implements Callable<Integer> {
    private final MooringCommand mooring;

    @Mixin private final ClusterArgument cluster = new ClusterArgument();

    @Option(
        names = "--directory",
        paramLabel = "DIR",
        required = true,
        description = "An existing directory for the files.")
    private Path directory = Path.of("");

    Files(MooringCommand mooring) {
      this.mooring = mooring;
    }

    @Override
    public Integer call() {
      ClusterName name = cluster.choose(mooring.clusterFiles());
      write(mooring, name, directory, mooring.console()::say);
      return ExitCode.DONE.status();
    }
  }

  /** {@code mooring replicate verify}. */
  @Command(
      name = "verify",
      header = "Show each standby with its slot and its lag.",
      description = {
        "Asks every member, and waits until each standby has replayed the primary's position:"
            + " healthy within 5 s, otherwise high; DOWN if no member sends WAL to it. Nothing is"
            + " changed.",
        "",
        "Exits 7 if a standby is down, 6 if one is high, 1 if no primary answers.",
        ""
      })
  static final class Verify implements Callable<Integer> {
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(50);

    private final MooringCommand mooring;

    @Mixin private final ClusterArgument cluster = new ClusterArgument();

    Verify(MooringCommand mooring) {
      this.mooring = mooring;
    }

    @Override
    public Integer call() {
      RunOrder order =
          RunOrder.verifyReplication(cluster.choose(mooring.clusterFiles()), mooring.user());
      ReplicationResult result;
      try (TemporalServer server = mooring.connect()) {
        result = new LookRuns(server).answer(order, ReplicationResult.class, ANSWERED_WITHIN);
      }
      mooring.console().say(ReplicationLines.of(result, mooring.console().width()));
      return ExitCode.of(result.worst()).status();
    }
  }
}
