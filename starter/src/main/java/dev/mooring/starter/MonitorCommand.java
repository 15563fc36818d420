package dev.mooring.starter;

import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.status.MonitorLines;
import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.RunMonitor;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring monitor}. */
@Command(
    name = "monitor",
    header = "Watch a streaming cluster, and pause automation of any.",
    description = {
      "on: the workers observe every member all the time, in the run ReplicationWatch, until it is"
          + " cancelled in Temporal; a pause ends. off, until `on` or --until: an automatic"
          + " failover asks a person, hooks start nothing, and the watch acts on nothing that it"
          + " finds: no start of a primary after a reboot, no resilver. The watch continues, and so"
          + " do runs that a person types, and a failover that has begun to fence. A cluster that"
          + " Patroni runs, or that does not stream, is not watched: there off keeps the pause"
          + " alone.",
      "",
      "Without a word it shows a pause first, then the open diagnoses, each with its fix. Exits 6"
          + " or 7 like `status`, and 6 without a watch.",
      ""
    })
final class MonitorCommand implements Callable<Integer> {
  /** The words that change a watch. */
  enum Word {
    ON,
    OFF
  }

  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "on|off",
      description = "on: watch, and end a pause. off: pause automation; needs --reason.")
  private Optional<Word> word = Optional.empty();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why.")
  private String reason = "";

  @Option(
      names = "--until",
      paramLabel = "WHEN",
      description =
          "When the pause ends automatically: how long from now (PT2H), or a time"
              + " (2026-11-28T06:00:00Z); within 365 days.")
  private String until = "";

  @Option(
      names = "--by",
      paramLabel = "WHO",
      description = "The requester (default: the operating system's user).")
  private String by = "";

  MonitorCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    requireSense();
    ClusterName name = cluster.choose(mooring.clusterFiles());
    try (Connecting temporal = mooring.connecting()) {
      RunMonitor monitor = new RunMonitor(temporal.server(), name);
      return (word.isEmpty() ? shown(name, monitor) : changed(name, monitor, word.get())).status();
    }
  }

  private void requireSense() {
    boolean off = word.filter(Word.OFF::equals).isPresent();
    if (off && reason.isBlank()) {
      throw CommandFailure.usage(
          "a pause has a reason", "`mooring monitor CLUSTER off --reason TEXT`");
    }
    if (!off && !until.isEmpty()) {
      throw CommandFailure.usage(
          "--until ends a pause", "`mooring monitor CLUSTER off --reason TEXT --until PT2H`");
    }
  }

  private ExitCode shown(ClusterName name, RunMonitor monitor) {
    Optional<WatchState> state = monitor.state();
    MonitorLines.of(name, state, Instant.now()).forEach(mooring.console()::say);
    return MonitorLines.exitCode(state);
  }

  private ExitCode changed(ClusterName name, RunMonitor monitor, Word what) {
    String who = by.isEmpty() ? mooring.user() : by;
    boolean off = what == Word.OFF;
    Optional<WatchState> begun = monitor.begin(RunOrder.watch(name, who, reason, off, until));
    if (begun.isPresent()) {
      mooring.console().say(MonitorLines.watched(name, begun.get(), "from now on"));
      for (Pause pause : begun.get().pauses()) {
        mooring.console().say(MonitoringLook.paused(pause, name));
      }
    } else {
      monitor
          .state()
          .map(state -> MonitorLines.watched(name, state, "already"))
          .ifPresent(mooring.console()::say);
      mooring.console().say(off ? monitor.pause(who, reason, until) : monitor.resume(who, reason));
    }
    return ExitCode.DONE;
  }
}
