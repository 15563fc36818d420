package dev.mooring.starter;

import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.replication.SetupFiles;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.status.ReplicationLines;
import dev.mooring.starter.temporal.LookRuns;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.Cluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring replicate}. */
@Command(
    name = "replicate",
    header = "Let standbys stream, see how they do, take that out again.",
    synopsisSubcommandLabel = "setup|verify|remove|files",
    description = "What a cluster's standbys stream from its primary, and by which slots.",
    subcommands = {
      ReplicateCommand.SetUp.class,
      ReplicateCommand.Verify.class,
      ReplicateCommand.Remove.class,
      ReplicateCommand.Files.class
    })
final class ReplicateCommand implements Runnable {

  @Override
  public void run() {
    throw CommandFailure.usage(
        "replicate does what?", "`mooring replicate verify CLUSTER` shows who streams");
  }

  /** What the subcommands that act share. */
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

  /** {@code mooring replicate setup}. */
  @Command(
      name = "setup",
      header = "Let each standby of the cluster file stream from its primary.",
      description =
          "Makes what is lacking: settings of the primary and its archive directory, the role,"
              + " access lines, a slot and a base backup for each standby without data, its"
              + " settings; starts it and waits until it streams. Other data in its place is kept"
              + " aside, and with --override restart the primary is restarted for settings that"
              + " need it, once --digest approves the plan that shows it; a second run changes"
              + " nothing.")
  static final class SetUp extends Acting {
    SetUp(MooringCommand mooring) {
      super(mooring, "setup");
    }
  }

  /** {@code mooring replicate remove}. */
  @Command(
      name = "remove",
      header = "Take out what was set up for standbys that are gone.",
      description =
          "Lets commits no longer wait for them, drops their slots and takes their access lines out"
              + " of every member that stays, and, where no standby is left, drops the role if"
              + " Mooring made it. One that still streams refuses the run. Waits for an approval.")
  static final class Remove extends Acting {
    Remove(MooringCommand mooring) {
      super(mooring, "remove");
    }
  }

  /** {@code mooring replicate files}. */
  @Command(
      name = "files",
      header = "Write what a setup would do, for a person who does it by hand.",
      description =
          "Of the cluster file alone, asking nobody: primary_setup.sql for a superuser, the lines"
              + " of pg_hba.conf, for each standby its settings and a script that moves old data"
              + " aside, copies, configures and starts it, and monitoring.yml for"
              + " postgres_exporter. No password stands in any of them.")
  static final class Files implements Callable<Integer> {
    private final MooringCommand mooring;

    @Mixin private final ClusterArgument cluster = new ClusterArgument();

    @Option(
        names = "--directory",
        paramLabel = "DIR",
        required = true,
        description = "Where they are written; it must be there.")
    private Path directory = Path.of("");

    Files(MooringCommand mooring) {
      this.mooring = mooring;
    }

    @Override
    public Integer call() {
      ClusterFiles files = mooring.clusterFiles();
      Cluster read = files.read(cluster.choose(files));
      Map<String, String> texts = SetupFiles.of(read);
      if (texts.isEmpty()) {
        throw CommandFailure.refused(
            "no standby of " + read.name() + " streams", "its cluster file has no `replication`");
      }
      texts.forEach((name, text) -> WholeFile.write(directory.resolve(name), text));
      texts.keySet().forEach(name -> mooring.console().say(List.of(directory + "/" + name)));
      return ExitCode.DONE.status();
    }
  }

  /** {@code mooring replicate verify}. */
  @Command(
      name = "verify",
      header = "Show who streams, by which slot, and how far behind.",
      description = {
        "Asks every member, and lets each standby replay where the primary stands: healthy when it"
            + " does within 5 s, high when it does not, DOWN when nobody sends WAL to it. Nothing"
            + " is changed.",
        "",
        "Exits 7 when a standby is down, 6 when one is high, 1 when no primary answers.",
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
      return ReplicationLines.exitCode(result).status();
    }
  }
}
