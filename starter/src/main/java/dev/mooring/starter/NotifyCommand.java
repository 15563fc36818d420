package dev.mooring.starter;

import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Message;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.port.NoticeActivities.SendingRun;
import dev.mooring.runbook.notice.NoticeWorkflow.Sent;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.NoticeRuns;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.NoticePolicy.Severity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring notify}. */
@Command(
    name = "notify",
    header = "Test the notices of a cluster.",
    synopsisSubcommandLabel = "test",
    description = "The channels are in the section notices of the cluster file.",
    subcommands = NotifyCommand.Test.class)
final class NotifyCommand implements Runnable {

  @Override
  public void run() {
    throw CommandFailure.usage(
        "notify does what?", "`mooring notify test CLUSTER` sends one notice to each channel");
  }

  /** {@code mooring notify test}. */
  @Command(
      name = "test",
      header = "Send a test notice through each channel.",
      description = "Each channel is tried once, of any severity.")
  static final class Test implements Callable<Integer> {
    private final MooringCommand mooring;

    @Mixin private final ClusterArgument cluster = new ClusterArgument();

    Test(MooringCommand mooring) {
      this.mooring = mooring;
    }

    @Override
    public Integer call() {
      Cluster read = mooring.clusterFiles().read(cluster.choose(mooring.clusterFiles()));
      if (read.policies().notices().isEmpty()) {
        throw CommandFailure.refused(
            "the file of " + read.name() + " has no section notices: no notice is sent",
            "docs/operations/notices.md shows one");
      }
      try (TemporalServer server = mooring.connect()) {
        return send(read, server);
      }
    }

    /** Through the workers of that server. */
    int send(Cluster read, TemporalServer server) {
      return say(read, new NoticeRuns(server).send(notice(read), read.policies().notices().get(0)));
    }

    private Notice notice(Cluster read) {
      String key = "mooring-notice:" + read.name() + ":test:" + UUID.randomUUID();
      return new Notice(
          key,
          read.name(),
          Event.TEST,
          Severity.CRITICAL,
          new SendingRun("Notice", key, "", ""),
          new Message("this is a test by " + mooring.user() + ", nothing is wrong"),
          Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private int say(Cluster read, Sent sent) {
      int all = sent.sent().size() + sent.unsent().size();
      mooring
          .console()
          .say(
              String.format(
                  "%d of %d channels of %s took a test notice",
                  sent.sent().size(), all, read.name()));
      sent.sent().forEach(line -> mooring.console().say("  " + line));
      sent.unsent().forEach(line -> mooring.console().say("  NOT SENT " + line));
      return (sent.unsent().isEmpty() ? ExitCode.DONE : ExitCode.FAILED).status();
    }
  }
}
