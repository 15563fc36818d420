package dev.mooring.starter;

import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.runbook.notice.NoticeWorkflow.Sent;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.NoticeRuns;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.NoticePolicy.Channel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
        "notify does what?",
        "`mooring notify test CLUSTER` sends one notice of each event to each channel");
  }

  /** {@code mooring notify test}. */
  @Command(
      name = "test",
      header = "Send a test notice of each event through each channel.",
      description =
          "All are sent at the same time, through channels of any severity, and tried once.")
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
      return say(
          read,
          new NoticeRuns(server)
              .send(TestNotices.of(read.name(), mooring.user()), read.policies().notices().get(0)));
    }

    /** Equal answers of a channel are one line. */
    private int say(Cluster read, Map<Event, Sent> sent) {
      Map<String, Integer> taken = new TreeMap<>();
      Map<String, String> untaken = new TreeMap<>();
      for (Map.Entry<Event, Sent> one : sent.entrySet()) {
        for (String line : one.getValue().sent()) {
          taken.merge(line, 1, Integer::sum);
        }
        for (String line : one.getValue().unsent()) {
          untaken.merge(line, TestNotices.word(one.getKey()), (first, next) -> first + ", " + next);
        }
      }
      List<String> channels =
          read.policies().notices().get(0).channels().stream().map(Channel::name).toList();
      long whole =
          channels.stream()
              .filter(name -> untaken.keySet().stream().noneMatch(l -> l.startsWith(name + ": ")))
              .count();
      Console console = mooring.console();
      console.say(
          String.format(
              "%d of %d channels of %s took all %d test notices",
              whole, channels.size(), read.name(), sent.size()));
      taken.forEach(
          (line, times) -> console.say(String.format("  %s (%d of %d)", line, times, sent.size())));
      untaken.forEach(
          (line, events) -> console.say(String.format("  NOT SENT %s (%s)", line, events)));
      return (untaken.isEmpty() ? ExitCode.DONE : ExitCode.FAILED).status();
    }
  }
}
